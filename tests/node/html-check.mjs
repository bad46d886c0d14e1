// Parses HTML files with a parser that follows the standard, and prints each problem on its own line.
//
//   node html-check.mjs FOLDER [--linking]
//
// Linking pages (`--linking`) have exactly one script, from the same site. Other pages have no scripts.
//
// Besides parse errors, finds scripts, inline handlers and styles, requests to other sites, duplicate ids, links to
// missing ids, and guide text that became markup (the `canary` elements and attributes of the hostile corpus).

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "parse5";

const folder = process.argv[2];
const linking = process.argv[3] === "--linking";

const isOwnScript = ({ attrs, childNodes }) =>
  childNodes.length === 0 && attrs.some(({ name, value }) => name === "src" && /^\/assets\/hub-[0-9a-f]+\.js$/.test(value));

function* elements(node) {
  if (node.tagName) yield node;
  for (const child of node.childNodes ?? []) yield* elements(child);
}

function check(text) {
  const problems = [];
  const tree = parse(text, {
    sourceCodeLocationInfo: true,
    onParseError: (error) => problems.push(`${error.startLine}: ${error.code}`),
  });
  const ids = new Map();
  const targets = [];
  let headings = 0;
  let scripts = 0;
  for (const element of elements(tree)) {
    const line = element.sourceCodeLocation?.startLine ?? 0;
    if (linking && element.tagName === "script" && isOwnScript(element)) scripts += 1;
    else if (["script", "iframe", "object", "embed", "base", "canary"].includes(element.tagName)) {
      problems.push(`${line}: <${element.tagName}>`);
    }
    if (element.tagName === "h1") headings += 1;
    for (const { name, value } of element.attrs) {
      if (/^on/.test(name) || name === "style" || name === "canary") problems.push(`${line}: attribute ${name}`);
      if (name === "id") {
        if (ids.has(value)) problems.push(`${line}: duplicate id ${value}`);
        ids.set(value, line);
      }
      if (name === "href" && value.startsWith("#")) targets.push([line, decodeURIComponent(value.slice(1))]);
      if (name === "href" && value !== "data:," && /^(javascript|data|vbscript):/i.test(value.trim())) problems.push(`${line}: href ${value}`);
      if (name === "src" && /^(https?:)?\/\//.test(value)) problems.push(`${line}: request to another site: ${value}`);
    }
  }
  if (linking && scripts !== 1) problems.push(`0: ${scripts} scripts`);
  if (headings !== 1) problems.push(`0: ${headings} h1 elements`);
  for (const [line, id] of targets) if (!ids.has(id)) problems.push(`${line}: no element has the id ${id}`);
  return problems;
}

let checked = 0;
let bad = 0;
for (const name of (await readdir(folder, { recursive: true })).sort()) {
  if (!name.endsWith(".html")) continue;
  checked += 1;
  for (const problem of check(await readFile(join(folder, name), "utf8"))) {
    bad += 1;
    console.log(`${name}:${problem}`);
  }
}
console.log(`${checked} pages, ${bad} problems`);
process.exitCode = bad > 0 || checked === 0 ? 1 : 0;
