// What keeps some people from a page: violations of WCAG 2.2 A and AA, and of what axe holds for good practice.

import axe from "axe-core";

const EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const COLORS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** Asks axe about the page as it is now. Of a page that was looked at in other colors only the colors are of interest. */
export async function violations(page, colors = false) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async (runOnly) => {
    const found = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].target} (${nodes.length}) ${nodes[0].any[0]?.message ?? ""}`.trim());
  }, colors ? COLORS : EVERYTHING);
}
