// Tests `/embed.js` in pages on other origins and sites: the element, its events, its sizes, and its errors.
//
//   HUB_URL=… HUB_KEY=… [HUB_LOG=…] node --test hub/embed.mjs

import assert from "node:assert/strict";
import { createServer, request as forward } from "node:http";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { api, browser, host, hub, linkIn, session } from "./world.mjs";

let chromium;
before(async () => { chromium = await browser(); });
after(async () => { await chromium.close(); });

const EVENTS = ["load", "success", "close", "error"];

/**
 * Opens a page on another site that contains the element. Returns the page with its events, console errors and
 * requests.
 */
async function embedded(existing, { more = "", headers = {}, allowed = true, single_use = false, base = hub, tab, ...sessionFields } = {}) {
  const server = await host({}, headers);
  const { token, id } = existing ?? (await session({
    provider: "gladly", single_use, allowed_origins: [allowed ? server.site : "https://elsewhere.example"], ...sessionFields,
  }));
  server.pages["/"] = `<!doctype html><html lang="en"><title>Embeds</title><body>
    <button id="before">Before</button>
    <script src="${base}/embed.js"></script>
    <waystone-hub token="${token}" ${more}></waystone-hub>`;
  const context = await chromium.newContext();
  const page = tab ?? await context.newPage();
  const [errors, requests] = [[], []];
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  context.on("request", (request) => requests.push(request.url()));
  // This is an init script, because the page's own policy may forbid scripts.
  await page.addInitScript((names) => {
    globalThis.fired = [];
    for (const name of names) {
      document.addEventListener(name, (event) => {
        if (event.target?.localName === "waystone-hub") globalThis.fired.push([name, event.detail]);
      }, true);
    }
  }, EVENTS);
  await page.goto(server.site);
  const fired = (name) => page.evaluate((expected) => globalThis.fired.filter(([name]) => name === expected).map(([, detail]) => detail), name);
  const first = async (name) => {
    await page.waitForFunction((expected) => globalThis.fired.some(([name]) => name === expected), name, { timeout: 60_000 });
    return (await fired(name))[0];
  };
  return { page, context, token, id, errors, requests, fired, first, server, frame: page.frameLocator("waystone-hub iframe"), close: async () => { await context.close(); server.close(); } };
}

const inner = (page) => page.frames().find((frame) => frame.url().startsWith(hub) && frame !== page.mainFrame());

test("the script is small and can be cached", async () => {
  const response = await fetch(`${hub}/embed.js`);
  const text = await response.text();
  assert.ok(gzipSync(text).length <= 4096, `${gzipSync(text).length} bytes`);
  assert.match(response.headers.get("content-type"), /^text\/javascript/);
  assert.equal(response.headers.get("cross-origin-resource-policy"), "cross-origin");
  assert.match(response.headers.get("cache-control"), /max-age=\d+/);
  const cached = await fetch(`${hub}/embed.js`, { headers: { "if-none-match": response.headers.get("etag") } });
  assert.equal(cached.status, 304);
});

test("an account can be linked in a page on another site", async () => {
  const it = await embedded();
  await it.first("load");
  await linkIn(it.frame);
  const detail = await it.first("success");
  assert.equal(detail.provider, "gladly");
  const { body: account } = await api("GET", `/accounts/${detail.id}`);
  assert.equal(account.external_name, "Acme Outdoor");
  // The token appeared only in the frame's first URL, and no trace of it remains.
  const frame = inner(it.page);
  assert.match(new URL(frame.url()).pathname, /^\/session\/\d+\/[^/]+\/done$/);
  assert.equal(await frame.evaluate(() => document.referrer), "");
  const seen = await frame.evaluate(() => performance.getEntries().map((entry) => entry.name).join(" "));
  assert.ok(!seen.includes(it.token), seen);
  assert.equal(it.requests.filter((url) => url.includes(it.token)).length, 1);
  if (process.env.HUB_LOG) {
    const log = await readFile(process.env.HUB_LOG, "utf8");
    assert.match(log, /\/link\/\{token\}/);
    assert.ok(!log.includes(it.token) && !log.includes("wsb_") && !log.includes("wsf_"), "the log contains a token");
  }
  await it.frame.getByRole("button", { name: "Close" }).click();
  await it.first("close");
  assert.equal((await it.fired("success")).length, 1);
  assert.equal((await it.fired("load")).length, 1);
  assert.deepEqual(await it.fired("error"), []);
  await it.close();
});

test("the element is as tall as its page, unless a height is set", async () => {
  const it = await embedded();
  await it.first("load");
  const height = () => it.page.locator("waystone-hub").evaluate((element) => element.getBoundingClientRect().height);
  await it.page.waitForFunction(() => document.querySelector("waystone-hub").getBoundingClientRect().height > 600);
  const form = await height();
  const overflow = await inner(it.page).evaluate(() => document.documentElement.scrollHeight - innerHeight);
  assert.ok(overflow <= 1, `the frame scrolls by ${overflow} px`);
  await it.page.evaluate(() => { document.querySelector("waystone-hub").height = "500px"; });
  assert.equal(await height(), 500);
  await it.page.evaluate(() => { document.querySelector("waystone-hub").setAttribute("height", "640"); });
  assert.equal(await height(), 640);
  assert.ok(form > 640);
  await it.close();
});

test("a page whose origin the session does not allow gets no frame, and its console shows how to allow it", async () => {
  const it = await embedded(null, { allowed: false, single_use: true });
  assert.deepEqual(await it.first("error"), { code: "origin_not_allowed" });
  assert.ok(it.errors.some((line) => line.includes(`"allowed_origins": ["${it.server.site}"]`)), it.errors.join("\n"));
  assert.deepEqual(await it.fired("load"), []);
  assert.equal(await it.page.locator("waystone-hub iframe").count(), 0);
  // The refused attempt did not use up the single-use link.
  const { status } = await fetch(`${hub}/link/${it.token}`, { method: "POST", redirect: "manual" });
  assert.equal(status, 303);
  await it.close();
});

test("an unknown token, an ended session and an unreachable Hub are reported as errors", async () => {
  const unknown = await embedded({ token: "wst_nothing" });
  assert.deepEqual(await unknown.first("error"), { code: "no_session" });
  await unknown.close();

  const server = await host({});
  const ended = await session({ provider: "gladly" });
  assert.equal((await api("DELETE", `/connect_sessions/${ended.id}`)).status, 204);
  server.close();
  const it = await embedded(ended);
  assert.deepEqual(await it.first("error"), { code: "no_session" });
  await it.close();

  const unreachable = await embedded(null, { more: 'base-url="http://127.0.0.1:9"' });
  assert.deepEqual(await unreachable.first("error"), { code: "unreachable" });
  await unreachable.close();
});

test("a single-use link keeps working in the browser that opened it, and is refused in another", async () => {
  const it = await embedded(null, { single_use: true });
  await it.first("load");
  await it.page.reload();
  await it.first("load");
  await it.frame.locator('[name="field.organization_slug"]').waitFor();
  const context = await chromium.newContext();
  const other = await context.newPage();
  await other.goto(it.server.site);
  await other.frameLocator("waystone-hub iframe").getByRole("heading", { name: "This link has already been used" }).waitFor();
  await context.close();
  await it.close();
});

test("theme, language and footer follow the element's attributes", async () => {
  const it = await embedded(null, { more: 'theme="dark" language="de" show-footer-links' });
  await it.first("load");
  const appearance = async () => ({
    background: await it.frame.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor),
    lang: await it.frame.locator("html").getAttribute("lang"),
    footer: await it.frame.locator("footer").count(),
  });
  assert.deepEqual(await appearance(), { background: "rgb(26, 30, 35)", lang: "de", footer: 1 });
  await it.page.evaluate(() => Object.assign(document.querySelector("waystone-hub"), { theme: "light", language: "en", showFooterLinks: false }));
  await it.frame.locator("html[lang=en]").waitFor();
  assert.deepEqual(await appearance(), { background: "rgb(255, 255, 255)", lang: "en", footer: 0 });
  await it.page.emulateMedia({ colorScheme: "dark" });
  assert.equal((await appearance()).background, "rgb(255, 255, 255)", "the light theme must ignore the system's dark mode");
  await it.close();
});

test("a modal takes focus, returns it when it closes, and can be opened again", async () => {
  const it = await embedded(null, { more: 'mode="modal" on-close-label="Later"' });
  assert.equal(await it.page.locator("waystone-hub iframe").count(), 0, "the modal is open before `open` is called");
  await it.page.focus("#before");
  await it.page.evaluate(() => document.querySelector("waystone-hub").open());
  await it.first("load");
  await it.page.getByRole("dialog", { name: "Link an account" }).waitFor();
  assert.ok(await it.page.evaluate(() => document.activeElement.localName === "waystone-hub"), "the modal does not have focus");
  // Not awaited: the key hides the frame, and Chromium might never acknowledge it.
  it.frame.locator('[name="field.organization_slug"]').press("Escape").catch(() => {});
  await it.first("close");
  assert.equal(await it.page.getByRole("dialog").count(), 0);
  assert.equal(await it.page.evaluate(() => document.activeElement.id), "before");
  await it.page.evaluate(() => document.querySelector("waystone-hub").open());
  await linkIn(it.frame);
  assert.equal((await it.first("success")).provider, "gladly");
  await it.page.getByRole("button", { name: "Later" }).click();
  assert.equal((await it.fired("close")).length, 2);
  await it.close();
});

test("messages from other frames are ignored", async () => {
  const it = await embedded();
  await it.first("load");
  await it.page.evaluate(async () => {
    const forged = { source: "waystone", type: "linked", detail: "acc_forged", provider: "x" };
    postMessage(forged, "*");
    const other = document.createElement("iframe");
    other.srcdoc = `<script>parent.postMessage(${JSON.stringify(forged)}, "*")</` + "script>";
    document.body.append(other);
    await new Promise((done) => { other.onload = done; });
    // The page in the frame must not forward messages that it receives from the embedding page.
    document.querySelector("waystone-hub").shadowRoot.querySelector("iframe").contentWindow.postMessage(forged, "*");
    await new Promise((done) => { setTimeout(done, 300); });
  });
  assert.deepEqual(await it.fired("success"), []);
  await it.close();
});

test("the element works under a strict content security policy", async () => {
  const policy = `default-src 'none'; script-src ${hub}; frame-src ${hub}; connect-src ${hub}`;
  const it = await embedded(null, { headers: { "content-security-policy": policy } });
  await it.first("load");
  await linkIn(it.frame);
  await it.first("success");
  assert.deepEqual(it.errors.filter((line) => !/favicon/.test(line)), []);
  await it.close();
  const without = await embedded(null, { headers: { "content-security-policy": `default-src 'none'; script-src ${hub}` } });
  assert.deepEqual(await without.first("error"), { code: "unreachable" });
  assert.ok(without.errors.some((line) => line.includes("frame-src")), without.errors.join("\n"));
  await without.close();
});

/**
 * Starts a proxy to the Hub that removes cookies from responses to frames, to simulate a browser that blocks
 * third-party cookies.
 */
async function cookielessProxy() {
  const upstream = new URL(hub);
  const server = createServer((request, response) => {
    const framed = request.headers["sec-fetch-dest"] === "iframe";
    const forwarded = forward({ host: upstream.hostname, port: upstream.port, path: request.url, method: request.method, headers: request.headers }, (received) => {
      const headers = { ...received.headers };
      if (framed) delete headers["set-cookie"];
      response.writeHead(received.statusCode, headers);
      received.pipe(response);
    });
    request.pipe(forwarded);
  });
  await new Promise((ready) => { server.listen(0, "127.0.0.1", ready); });
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

for (const single_use of [false, true]) {
  test(`without cookies in frames, linking continues in a window${single_use ? " with a single-use link" : ""}`, async () => {
    const proxy = await cookielessProxy();
    const it = await embedded(null, { base: proxy.url, single_use, more: 'language="en"' });
    await it.first("load");
    await it.frame.getByRole("heading", { name: "Continue in a new window" }).waitFor();
    const address = it.page.frames()[1].url();
    const [window] = await Promise.all([it.context.waitForEvent("page"), it.frame.getByRole("button", { name: "Open a new window" }).click()]);
    await window.waitForURL(/\/session\/\d+\/[^/?]+$/);
    await linkIn(window);
    assert.equal((await it.first("success")).provider, "gladly", "the embedding page got no event");
    // The frame's token no longer works.
    const frame = new URL(address).searchParams.get("frame");
    assert.match(frame, /^wsf_/);
    const reused = await fetch(address);
    assert.equal(reused.status, 401);
    assert.ok(!(await reused.text()).includes("window"), "the used address still offers to open a window");
    await it.close();
    proxy.close();
  });
}

test("properties and callbacks can be set before the element loads", async () => {
  const it = await embedded();
  await it.first("load");
  const state = await it.page.evaluate(async (token) => {
    const element = document.createElement("waystone-hub");
    Object.assign(element, { token, height: "400px", onLoad: () => { globalThis.called = true; } });
    document.body.append(element);
    await new Promise((done) => { element.addEventListener("load", done); });
    return { token: element.getAttribute("token") === token, height: element.getAttribute("height"), called: globalThis.called, base: element.baseUrl };
  }, it.token);
  assert.deepEqual(state, { token: true, height: "400px", called: true, base: hub });
  await it.close();
});

test("a person signs in to the provider in a separate window, and the frame continues", async () => {
  const { status, body: profile } = await api("POST", "/connector_profiles", {
    provider: "salesforce", method: "oauth", name: "Salesforce",
    values: { client_id: "example-app", client_secret: "example-secret" },
  });
  assert.equal(status, 201, JSON.stringify(profile));
  const it = await embedded(null, { provider: "salesforce", connector_profile_id: profile.id });
  await it.first("load");
  await it.frame.locator("[name=environment][value=production]").check({ force: true });
  await it.frame.locator("button[value=connect]").click();
  const open = it.frame.locator("[data-open]");
  // People close the window and open it again.
  const [closed] = await Promise.all([it.context.waitForEvent("page"), open.click()]);
  await closed.getByRole("link", { name: "Deny access" }).waitFor();
  await closed.close();
  const [window] = await Promise.all([it.context.waitForEvent("page"), open.click()]);
  await window.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  // The frame detects the sign-in, regardless of which page the window now shows.
  await it.frame.locator("button[name=do][value=yes]").click();
  assert.equal((await it.first("success")).provider, "salesforce");
  assert.deepEqual(it.errors.filter((line) => !/favicon|404/.test(line)), []);
  await it.close();
});
