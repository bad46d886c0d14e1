// Accessibility checks with axe: violations of WCAG 2.2 A and AA, and of axe's best practices.

import axe from "axe-core";

const ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const COLOR_RULES = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/**
 * Returns axe's violations on the page in its current state. With `colors`, checks only the color rules, for a page
 * that was already checked in other colors.
 */
export async function violations(page, colors = false) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async (runOnly) => {
    const results = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] });
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0].target} (${nodes.length}) ${nodes[0].any[0]?.message ?? ""}`.trim());
  }, colors ? COLOR_RULES : ALL_RULES);
}
