// Opens the linking pages' form in a window, in a frame, or in a modal, for tests of what the form keeps.

import assert from "node:assert/strict";
import { browser, fillIn, host, hub, session } from "./world.mjs";

export const CANARY = "canary-secret-1f6d";
export const typed = { organization_slug: "acme-draft", agent_email: "draft@acme.example" };

/** Starts Chromium. Playwright turns off storage for frames from other sites; this list of features replaces its own. */
export const storing = (more = {}) => browser({ args: ["--disable-features=Translate"], ...more });

/**
 * Opens the form in a window, or in a page that embeds it. `view` is the page or frame that contains the form, and
 * `inside` returns it as a `Frame`.
 */
export async function opened(chromium, where, { more = {}, attributes = "", base = hub } = {}) {
  const server = await host({});
  const created = await session({ provider: "gladly", allowed_origins: [server.site], ...more });
  const context = await chromium.newContext();
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const posts = [];
  context.on("request", (request) => { if (request.method() === "POST" && !request.url().endsWith("/preview")) posts.push(request.url()); });
  const close = async () => { await context.close(); server.close(); };
  if (where === "in a window") {
    await page.goto(created.auth_link_url.replace(hub, base));
    return { page, context, created, posts, close, view: page, inside: () => page.mainFrame() };
  }
  server.pages["/"] = `<!doctype html><html lang="en"><title>Embeds</title><button id="before">Before</button>
    <script src="${base}/embed.js"></script>
    <waystone-hub id="one" token="${created.token}" ${attributes}></waystone-hub>
    <script>globalThis.fired = []; for (const name of ["load", "success", "close", "error"]) {
      document.addEventListener(name, (event) => { if (event.target.localName === "waystone-hub") fired.push(name); }, true); }</script>`;
  await page.goto(server.site);
  const inside = () => page.frames().find((frame) => frame !== page.mainFrame() && frame.url().startsWith(base));
  return { page, context, created, posts, close, server, inside, view: page.frameLocator("waystone-hub iframe") };
}

export const field = (view, key) => view.locator(`[name="field.${key}"]`);
export const connect = (view) => view.locator("button[name=do][value=connect]");
export const heading = (view, name) => view.getByRole("heading", { level: 1, name }).waitFor();

/** Waits for the form and its script, which shows the buttons that reveal secrets. */
export async function isForm(view) {
  await heading(view, /Connect Gladly to/);
  await view.locator(".reveal:not([hidden])").first().waitFor({ state: "attached" });
}

/** Returns everything that the page has stored. The browser keeps cookies, which pages cannot read, elsewhere. */
export const stored = (frame) => frame.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, history.state, location.href, document.cookie]));

export async function hasTyped(view, values = typed) {
  for (const [key, value] of Object.entries(values)) assert.equal(await field(view, key).inputValue(), value, key);
  assert.ok(await view.locator("[name=environment][value=sandbox]").isChecked(), "the environment is lost");
}

/** Enters values and a secret, reveals the secret, and asserts that the secret is not stored. */
export async function enter(it) {
  await isForm(it.view);
  await fillIn(it.view, { ...typed, api_token: CANARY }, "sandbox");
  await it.view.locator(".reveal").click();
  await field(it.view, "api_token").press("End");
  await field(it.view, "api_token").pressSequentially("!");
  await hasNoSecret(it);
}

export async function hasNoSecret(it) {
  const text = await stored(it.inside());
  assert.ok(!text.includes("canary-secret"), text);
  return text;
}
