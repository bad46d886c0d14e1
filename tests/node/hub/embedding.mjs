// Tests the pages from docs/embedding.md in Chromium. The JavaScript backend from that document serves them.
//
//   HUB_URL=… HUB_KEY=… BLOCKS=FOLDER node --test hub/embedding.mjs
//
// The folder contains the code blocks from docs/embedding.md: page.html, modal.html, widget.html, page.jsx, backend.js,
// csp.txt.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { compile } from "@mdx-js/mdx";
import { api, browser, good, hub, linkIn } from "./world.mjs";

const require = createRequire(import.meta.url);
const folder = process.env.BLOCKS;
const block = async (name) => (await readFile(join(folder, name), "utf8")).replaceAll("https://connect.example.com", hub);

/** Converts a React package to a JavaScript module for the browser. */
async function esm(name) {
  const files = {
    react: "react/cjs/react.production.js",
    "react/jsx-runtime": "react/cjs/react-jsx-runtime.production.js",
    "react-dom": "react-dom/cjs/react-dom.production.js",
    "react-dom/client": "react-dom/cjs/react-dom-client.production.js",
    scheduler: "scheduler/cjs/scheduler.production.js",
  };
  const text = await readFile(new URL(`../node_modules/${files[name]}`, import.meta.url), "utf8");
  const needs = [...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
  const imports = needs.map((name, index) => `import m${index} from "${name}";`).join("");
  const table = needs.map((name, index) => `"${name}": m${index}`).join(",");
  const names = Object.keys(require(name)).filter((exported) => /^[a-z]\w*$/i.test(exported));
  return `${imports} const exports = {}, require = (name) => ({${table}})[name]; ((exports) => {${text}})(exports);
    export const { ${names.join(", ")} } = exports; export default exports;`;
}

/** The customer who uses the pages in these tests. */
const customer = { id: `customer-${process.pid}`, name: "Acme Outdoor" };
let server;
let chromium;
let backend;
const reported = [];

before(async () => {
  chromium = await browser();
  server = createServer(async (request, response) => {
    const send = (type, text, more = {}) => { response.writeHead(200, { "content-type": type, ...more }); response.end(text); };
    try {
      const path = request.url.split("?")[0];
      let body = "";
      for await (const chunk of request) body += chunk;
      if (path === "/connect-token") send("text/plain", await backend.connectToken(customer));
      else if (path === "/linked") { reported.push(await backend.linkedAccount(customer, body)); send("text/plain", "ok"); }
      else if (path === "/page") send("text/html", await block("page.html"), { "content-security-policy": (await block("csp.txt")).replace(/^[^:]+:/, "").trim() });
      else if (path === "/modal") send("text/html", `<!doctype html><title>Modal</title><script src="${hub}/embed.js"></script>${await block("modal.html")}`);
      else if (path === "/widget") send("text/html", `<!doctype html><title>Widget</title>${await block("widget.html")}`);
      else if (path.endsWith("/webcomponent.js")) send("text/javascript", await readFile(new URL("../node_modules/@stackone/hub/dist/webcomponent.js", import.meta.url)));
      else if (path === "/react") {
        const map = Object.fromEntries(["react", "react/jsx-runtime", "react-dom", "react-dom/client", "scheduler"].map((name) => [name, `/esm/${name}`]));
        send("text/html", `<!doctype html><title>React</title><div id="root"></div><script type="importmap">${JSON.stringify({ imports: map })}</script>
          <script type="module">import { jsx } from "react/jsx-runtime"; import { createRoot } from "react-dom/client"; import { Integrations } from "/page.js";
          createRoot(document.getElementById("root")).render(jsx(Integrations, {}));</script>`);
      } else if (path === "/page.js") send("text/javascript", String(await compile(await block("page.jsx"))));
      else if (path.startsWith("/esm/")) send("text/javascript", await esm(path.slice(5)));
      else { response.statusCode = 404; response.end(); }
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error));
    }
  });
  await new Promise((ready) => { server.listen(0, "127.0.0.1", ready); });
  server.origin = `http://localhost:${server.address().port}`;
  process.env.HUB_URL = hub;
  process.env.HUB_API_KEY = process.env.HUB_KEY;
  const file = join(folder, "backend.mjs");
  await writeFile(file, (await block("backend.js")).replaceAll("https://app.example.com", server.origin));
  backend = await import(pathToFileURL(file));
});
after(async () => { await chromium.close(); server.close(); });

async function open(path) {
  const page = await chromium.newPage();
  page.setDefaultTimeout(60_000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => { if (message.type() === "error" && !/favicon|404/.test(message.text())) errors.push(message.text()); });
  await page.goto(server.origin + path);
  return { page, frame: page.frameLocator("waystone-hub iframe"), close: async () => { await page.close(); assert.deepEqual(errors, []); } };
}

/**
 * Goes from the list of providers to a linked account. If the customer already has an account, the form keeps its
 * secret, so this function first opens the field for a new one.
 */
async function linkGladly(frame) {
  await frame.getByRole("link", { name: "Gladly" }).click();
  const kept = frame.locator("details.kept summary");
  await frame.locator('[name="field.organization_slug"]').waitFor();
  if (await kept.count()) await kept.click();
  await linkIn(frame, good);
}

test("the page links an account under its policy, and the backend rejects other customers' accounts", async () => {
  const { page, frame, close } = await open("/page");
  await linkGladly(frame);
  while (reported.length === 0) await page.waitForTimeout(50);
  assert.equal(reported[0].origin_owner_id, customer.id);
  assert.equal(reported[0].provider, "gladly");
  await assert.rejects(backend.linkedAccount({ id: "another-customer" }, reported[0].id), /another customer/);
  await assert.rejects(backend.linkedAccount(customer, "acc_guess"), /404/);
  await close();
});

test("the modal links an account", async () => {
  const { page, frame, close } = await open("/modal");
  const logged = page.waitForEvent("console", (message) => message.text() === "linked");
  const button = page.getByRole("button", { name: "Connect an account" });
  await button.click();
  await page.getByRole("dialog").waitFor();
  // Closing the modal loses nothing.
  await frame.getByRole("link", { name: "Gladly" }).click();
  const slug = frame.locator('[name="field.organization_slug"]');
  await slug.fill("entered");
  // The script that handles Escape shows the button that reveals the secret.
  await frame.locator(".reveal").waitFor();
  // Not awaited: the key hides the frame, and Chromium might never acknowledge it.
  slug.press("Escape").catch(() => {});
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await button.click();
  assert.equal(await slug.inputValue(), "entered");
  await frame.getByRole("link", { name: "Choose a different app" }).click();
  await linkGladly(frame);
  await logged;
  // The next click links another account, in a session of its own.
  await page.getByRole("button", { name: "Close" }).first().click();
  await button.click();
  await frame.getByRole("heading", { level: 1, name: /Connect an app/ }).waitFor();
  await close();
});

test("the React component links an account", async () => {
  const { page, frame, close } = await open("/react");
  await linkGladly(frame);
  await page.getByText(/^Linked: acc_/).waitFor();
  await close();
});

test("StackOne's widget links an account", async () => {
  // Uses a different customer, because the first one already has an account, which the widget would edit.
  const before = { ...customer };
  customer.id = `${before.id}-widget`;
  const { page, close } = await open("/widget");
  const logged = page.waitForEvent("console", (message) => /^linked acc_/.test(message.text()));
  await page.getByRole("button", { name: /Gladly/ }).click();
  for (const [name, value] of Object.entries(good)) await page.locator(`[name=${name}]`).fill(value);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await logged;
  await close();
  const { body } = await api("GET", `/accounts?origin_owner_id=${customer.id}`);
  assert.equal(body.length, 1);
  Object.assign(customer, before);
});
