// The environment for the tests: a running Hub, its first key, and a web server on another origin for pages that embed
// the Hub.
//
// HUB_URL and HUB_KEY are the Hub's address and key. The provider behind the Hub is a simulator.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { afterEach } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const hub = process.env.HUB_URL.replace(/\/$/, "");
const key = process.env.HUB_KEY;

/** The values that a customer enters to link an account with the simulated provider. */
export const good = { organization_slug: "acme", agent_email: "api-user@acme.example", api_token: "right-token" };

/** Sends a request to the API with the project's key. */
export async function api(method, path, body, headers = {}) {
  const response = await fetch(hub + path, {
    method,
    headers: { authorization: "Basic " + btoa(key + ":"), ...(body ? { "content-type": "application/json" } : {}), ...headers },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null, headers: response.headers };
}

let owners = 0;

/** Creates a session for a new owner, unless `more` sets the owner. */
export async function session(more = {}) {
  owners += 1;
  const { status, body } = await api("POST", "/connect_sessions", {
    origin_owner_id: `owner-${process.pid}-${owners}`, origin_owner_name: `Owner ${owners}`, ...more,
  });
  if (status !== 201) throw new Error(`cannot create a session: ${status} ${JSON.stringify(body)}`);
  return body;
}

/**
 * Starts Chromium. The browser can reach only this machine, also as `hub.lan`, a name like those on an office network.
 * `args` are more command-line arguments.
 */
export function browser({ args = [], ...more } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP hub.lan 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", ...args],
    ...more,
  });
}

/** After a test that failed, prints the address and text of each page that is open in `chromium()`, and closes the pages. */
export function explainFailures(chromium) {
  afterEach(async ({ name, passed }) => {
    if (passed) return;
    for (const page of chromium().contexts().flatMap((context) => context.pages())) {
      const text = await page.evaluate(() => {
        const controls = [...document.querySelectorAll("input, select, textarea")];
        const entered = controls.map(({ name, type, value }) => `${name}: ${type === "password" ? `${value.length} characters` : value}`);
        const focused = document.activeElement?.outerHTML.slice(0, 200);
        return [document.body.innerText, ...entered, `focus: ${focused}`, `scrolled by ${scrollY}`].join("\n");
      }).catch(String);
      console.log(`${name}: ${page.url()} shows\n${text}`);
    }
    for (const context of chromium().contexts()) await context.close();
  });
}

/**
 * Starts a web server on another origin that serves `pages`, which maps paths to pages, and the widget's script from
 * npm. `site` is the same server's origin with a host name that counts as a different site.
 */
export async function host(pages, headers = {}) {
  const widget = fileURLToPath(new URL("../node_modules/@stackone/hub/dist/webcomponent.js", import.meta.url));
  const server = createServer(async (request, response) => {
    const path = request.url.split("?")[0];
    if (path === "/webcomponent.js") {
      response.setHeader("content-type", "text/javascript");
      response.end(await readFile(widget));
    } else if (pages[path]) {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers });
      response.end(pages[path]);
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  return { url: `http://127.0.0.1:${port}`, site: `http://localhost:${port}`, pages, close: () => server.close() };
}

/** Fills in the form of the linking pages, in a page or a frame. */
export async function fillIn(page, values = good, environment = "production") {
  if (environment) await page.locator(`[name=environment][value=${environment}]`).check();
  for (const [key, value] of Object.entries(values)) await page.locator(`[name="field.${key}"]`).fill(value);
}

/** Links an account, from the form to the confirmation. */
export async function linkIn(page, values = good) {
  await fillIn(page, values);
  await page.locator('button[name=do][value=connect]').click();
  await page.locator('button[name=do][value=yes]').click();
  await page.getByRole("heading", { name: /is connected/ }).waitFor();
}
