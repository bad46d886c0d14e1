// Compiles and renders MDX files with the reference compiler, the way a documentation site would.
//
//   node mdx-check.mjs FOLDER      checks every .mdx file below the folder, and prints each problem on its own line
//
// Compiling is not enough: a page with `{slug}` compiles and fails only when it is rendered. Pages may use Mintlify's
// components. Any other component, an `import`, an `export` or a JavaScript expression is an error.

import { evaluate } from "@mdx-js/mdx";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import * as runtime from "react/jsx-runtime";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";

const COMPONENTS = [
  "Accordion", "AccordionGroup", "Card", "CardGroup", "Check", "Columns", "Expandable", "Frame", "Icon", "Info", "Note",
  "Panel", "ParamField", "ResponseField", "Step", "Steps", "Tab", "Tabs", "Tip", "Tooltip", "Update", "Warning",
];
const ALLOWED = new Set([
  ...COMPONENTS, "a", "br", "code", "div", "em", "h2", "h3", "h4", "img", "li", "ol", "p", "pre", "section", "span", "strong",
  "table", "tbody", "td", "th", "thead", "tr", "ul",
]);

const components = Object.fromEntries(
  COMPONENTS.map((name) => [name, ({ children, title }) => createElement("div", { "data-component": name, title }, children)]),
);

function* nodes(tree) {
  yield tree;
  for (const child of tree.children ?? []) yield* nodes(child);
}

/** A plugin that reports elements and expressions that a generated page must not contain. */
function reportForbidden(problems) {
  return () => (tree) => {
    for (const node of nodes(tree)) {
      const line = node.position?.start.line ?? 0;
      if (node.type === "mdxjsEsm") problems.push(`${line}: import or export`);
      if (node.type === "mdxFlowExpression" || node.type === "mdxTextExpression") {
        problems.push(`${line}: expression {${node.value}}`);
      }
      if (node.type === "mdxJsxFlowElement" || node.type === "mdxJsxTextElement") {
        if (!ALLOWED.has(node.name)) problems.push(`${line}: element <${node.name}>`);
        for (const attribute of node.attributes) {
          if (attribute.type !== "mdxJsxAttribute") problems.push(`${line}: spread attribute`);
          else if (attribute.value !== null && typeof attribute.value === "object") {
            problems.push(`${line}: expression in ${attribute.name}`);
          } else if (/^on|^style$|^class$/.test(attribute.name)) problems.push(`${line}: attribute ${attribute.name}`);
        }
      }
    }
  };
}

async function check(file) {
  const problems = [];
  try {
    const { default: Page } = await evaluate(await readFile(file, "utf8"), {
      ...runtime,
      remarkPlugins: [remarkFrontmatter, remarkGfm, reportForbidden(problems)],
    });
    renderToStaticMarkup(createElement(Page, { components }));
  } catch (error) {
    problems.push(String(error.message).split("\n")[0]);
  }
  return problems;
}

const folder = process.argv[2];
let checked = 0;
let bad = 0;
for (const name of (await readdir(folder, { recursive: true })).sort()) {
  if (!name.endsWith(".mdx")) continue;
  checked += 1;
  for (const problem of await check(join(folder, name))) {
    bad += 1;
    console.log(`${name}:${problem}`);
  }
}
console.log(`${checked} pages, ${bad} problems`);
process.exitCode = bad > 0 || checked === 0 ? 1 : 0;
