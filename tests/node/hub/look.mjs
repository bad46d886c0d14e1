// Checks how a page of a running Hub looks.

import assert from "node:assert/strict";
import { violations } from "../accessible.mjs";

/**
 * Checks accessibility and width at phone and desktop sizes, in light and dark mode. `HUB_LOOKS=no` skips these checks,
 * because the pages look the same with every database.
 */
export async function look(page, what) {
  if (process.env.HUB_LOOKS === "no") return;
  const size = page.viewportSize();
  for (const [width, height] of [[360, 740], [1280, 860]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const where = `${what}, ${width} px, ${colorScheme}`;
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: wider than the window`);
      assert.deepEqual(await violations(page, colorScheme === "dark"), [], where);
    }
  }
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
}
