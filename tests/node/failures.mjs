// Opens the form after each kind of failure, at several window sizes, and checks that the summary of the failure is in
// view and has focus.
//
//   node failures.mjs FOLDER         the folder that `cargo run -p hub --example gallery` writes

import { chromium } from "playwright-core";
import { readdir } from "node:fs/promises";
import { serve } from "./gallery.mjs";

const SIZES = [[1920, 1080], [1366, 768], [1280, 900], [820, 1180], [360, 740]];
const FAILURES = ["wrong_secret", "wrong_tenant", "missing_permission", "throttled", "provider_down"];

const folder = process.argv[2];
const { origin, close } = await serve(folder);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
const names = await readdir(folder);
let failures = 0;
let views = 0;
for (const [width, height] of SIZES) {
  const context = await browser.newContext({ viewport: { width, height } });
  context.setDefaultTimeout(30_000);
  for (const failure of FAILURES) {
    const name = `gladly--api-key--failed-${failure}.html`;
    if (!names.includes(name)) { failures += 1; console.log(`${name} is missing`); continue; }
    const tab = await context.newPage();
    await tab.goto(`${origin}/${name}`);
    // Smooth scrolling, of the guide or of the page, ends within this time.
    await tab.waitForTimeout(700);
    const seen = await tab.evaluate(() => {
      const { top, bottom } = document.getElementById("_summary").getBoundingClientRect();
      return { focused: document.activeElement.id, top, bottom };
    });
    views += 1;
    if (seen.focused !== "_summary" || seen.top < 0 || seen.bottom > height) {
      failures += 1;
      console.log(`${failure} at ${width}×${height}: ${JSON.stringify(seen)}`);
    }
    await tab.close();
  }
  await context.close();
}
await browser.close();
close();
console.log(`${views} views, ${failures} failed`);
process.exitCode = failures > 0 || views !== SIZES.length * FAILURES.length ? 1 : 0;
