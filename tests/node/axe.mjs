// Opens pages in Chromium and checks their accessibility with axe.
//
//   node axe.mjs FOLDER [SCREENSHOTS]
//
// Checks phone and desktop sizes in light and dark mode. Prints every violation of WCAG 2.2 A and AA, every page that
// is wider than its window, and every request. If SCREENSHOTS is given, saves a screenshot of each view in that folder.

import { chromium } from "playwright-core";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { violations } from "./accessible.mjs";

const [folder, shots] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"],
});
let bad = 0;
let views = 0;
const names = (await readdir(folder)).filter((name) => name.endsWith(".html")).sort();
const tab = await browser.newPage();
let where = "";
const report = (problem) => { bad += 1; console.log(`${where}: ${problem}`); };
tab.on("request", (request) => { if (!request.url().startsWith("file:")) report(`requested ${request.url()}`); });
for (const name of names) {
  for (const [size, width, height] of [["phone", 375, 812], ["desktop", 1280, 900]]) {
    where = `${name} ${size}`;
    await tab.setViewportSize({ width, height });
    await tab.goto(pathToFileURL(resolve(folder, name)).href);
    for (const colorScheme of ["light", "dark"]) {
      where = `${name} ${size} ${colorScheme}`;
      await tab.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const violation of await violations(tab, colorScheme === "dark")) report(violation);
      views += 1;
      const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) report(`${overflow} px wider than the window`);
      if (shots) await tab.screenshot({ path: join(shots, `${name.slice(0, -5)}.${size}-${colorScheme}.png`), fullPage: true });
    }
  }
}
await browser.close();
console.log(`${names.length} pages, ${views} views, ${bad} problems`);
process.exitCode = bad > 0 || views === 0 ? 1 : 0;
