// Enters the values of guides' examples into the linking forms, and checks that the page reports the same problems with
// secrets as the Hub, before anything is sent.
//
//   node problems.mjs FOLDER VALUES
//
// The folder is the one that `cargo run -p hub --example gallery` writes. VALUES is a JSON file: a list of objects with
// the page's name, the field's key, the value to enter, and the Hub's message, or `null` if the Hub accepts the value.

import { chromium } from "playwright-core";
import { readFile } from "node:fs/promises";
import { serve } from "./gallery.mjs";

const [folder, values] = process.argv.slice(2);
const { origin, posted, close } = await serve(folder);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
const tab = await browser.newPage();
tab.setDefaultTimeout(30_000);
let [failures, checked, rejected] = [0, 0, 0];
tab.on("pageerror", (error) => { failures += 1; console.log(error.message); });
let current = "";
for (const { page, field, typed, problem } of JSON.parse(await readFile(values, "utf8"))) {
  if (page !== current) {
    await tab.goto(`${origin}/${page}`);
    current = page;
    // The forms show some fields only in some environments.
    await tab.evaluate(() => {
      for (const hidden of document.querySelectorAll(".field[hidden]")) hidden.hidden = false;
      for (const control of document.querySelectorAll("[disabled]")) control.disabled = false;
    });
  }
  const control = tab.locator(`[id="in--${field}"]`);
  await control.fill(typed);
  await control.blur();
  await tab.evaluate(() => released);
  const said = await tab.locator(`[id="error--${field}"]`).textContent();
  const isMarked = (await control.getAttribute("aria-invalid")) === "true";
  checked += 1;
  rejected += problem ? 1 : 0;
  if (said !== (problem ?? "") || isMarked !== Boolean(problem)) {
    failures += 1;
    console.log(`${page}: ${field}: ${JSON.stringify(typed)}: ${JSON.stringify(said)}, not ${JSON.stringify(problem)}`);
  }
}
const sent = posted.filter((path) => !path.endsWith("/preview"));
if (sent.length > 0) { failures += 1; console.log(`sent: ${sent}`); }
await browser.close();
close();
console.log(`${checked} values, ${rejected} rejected, ${failures} failed`);
process.exitCode = failures > 0 || rejected === 0 || rejected === checked ? 1 : 0;
