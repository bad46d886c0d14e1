// Looks at a page in Chromium as people see it, and asks axe what keeps some of them from it.
//
//   node axe.mjs PAGE.html [SCREENSHOTS]
//
// Phone and desktop, light and dark. Prints every violation of WCAG 2.2 A and AA, and every page that is wider than
// its window. With a folder, leaves a screenshot of each look there.

import axe from "axe-core";
import { chromium } from "playwright-core";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [page, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"],
});
let bad = 0;
let looks = 0;
for (const [size, width, height] of [["phone", 375, 812], ["desktop", 1280, 900]]) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const tab = await context.newPage();
    const requests = [];
    tab.on("request", (request) => { if (!request.url().startsWith("file:")) requests.push(request.url()); });
    await tab.goto(pathToFileURL(resolve(page)).href);
    await tab.addScriptTag({ content: axe.source });
    const { violations } = await tab.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    looks += 1;
    for (const violation of violations) {
      bad += 1;
      console.log(`${size} ${colorScheme}: ${violation.id}: ${violation.nodes[0].target} (${violation.nodes.length})`);
    }
    const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflow > 0) { bad += 1; console.log(`${size} ${colorScheme}: ${overflow} px wider than the window`); }
    for (const url of requests) { bad += 1; console.log(`${size} ${colorScheme}: asked for ${url}`); }
    if (folder) await tab.screenshot({ path: `${folder}/${size}-${colorScheme}.png`, fullPage: true });
    await context.close();
  }
}
await browser.close();
console.log(`${looks} looks, ${bad} problems`);
process.exitCode = bad > 0 ? 1 : 0;
