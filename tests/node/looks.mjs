// Opens the linking pages in Chromium and checks their accessibility with axe.
//
//   node looks.mjs FOLDER [--only REGEX] [--shots FOLDER] [--quick]
//
// The folder is served with the Hub's content security policy. Checks phone, tablet and desktop sizes in light and dark
// mode (with `--quick`, only a phone in light mode and a desktop in dark mode), and each page at 320 px and without
// JavaScript. Prints every violation of WCAG 2.2 A and AA, every page that is wider than its window, every request to
// another site, and every violation of the policy.

import { chromium } from "playwright-core";
import { createServer } from "node:http";
import { mkdir, readFile, readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { violations } from "./accessible.mjs";

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'";
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

const [folder, ...options] = process.argv.slice(2);
const option = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
const only = new RegExp(option("--only") ?? ".");
const shots = option("--shots");
const quick = options.includes("--quick");
if (shots) await mkdir(shots, { recursive: true });

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  try {
    const bytes = await readFile(join(folder, path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/plain", "content-security-policy": POLICY });
    response.end(bytes);
  } catch {
    response.writeHead(404, { "content-security-policy": POLICY });
    response.end();
  }
});
await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
let bad = 0;
let views = 0;
const report = (where, problem) => { bad += 1; console.log(`${where}: ${problem}`); };
const names = (await readdir(folder)).filter((name) => name.endsWith(".html") && only.test(name)).sort();

// The views in which each page is checked. The page is opened once for each line below, and is then checked in all
// views on that line.
const VISITS = quick ? [[["phone", 360, "light"], ["desktop", 1280, "dark"]]] : [
  [["phone", 360, "light"], ["phone", 360, "dark"]],
  [["tablet", 768, "light"], ["tablet", 768, "dark"]],
  [["desktop", 1280, "light"], ["desktop", 1280, "dark"]],
  [["narrow", 320, "light"]],
  [["plain", 360, "light"]],
];

for (const visit of VISITS) {
  const isPlain = visit[0][0] === "plain";
  const context = await browser.newContext({ javaScriptEnabled: !isPlain });
  const tab = await context.newPage();
  let where = "";
  tab.on("request", (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) report(where, `requested ${request.url()}`); });
  tab.on("pageerror", (error) => report(where, `script: ${error.message}`));
  tab.on("console", (message) => {
    if (message.type() === "error" && !/404/.test(message.text())) report(where, message.text());
  });
  for (const name of names) {
    for (const [index, [size, width, colorScheme]] of visit.entries()) {
      where = `${name} ${size} ${colorScheme}`;
      await tab.setViewportSize({ width, height: 860 });
      await tab.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      if (index === 0) await tab.goto(`${origin}/${name}`);
      const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) report(where, `${overflow} px wider than the window`);
      const onlyColorsDiffer = index > 0 && visit[index - 1][0] === size;
      if (!isPlain) for (const violation of await violations(tab, onlyColorsDiffer)) report(where, violation);
      views += 1;
      if (shots) await tab.screenshot({ path: join(shots, `${name.slice(0, -5)}.${size}-${colorScheme}.png`), fullPage: true });
    }
  }
  await context.close();
}
await browser.close();
server.close();
console.log(`${names.length} pages, ${views} views, ${bad} problems`);
process.exitCode = bad > 0 || views === 0 ? 1 : 0;
