// `/embed.js` in pages of other origins and sites: the element, its events, its sizes, and what it refuses.
//
//   HUB_URL=… HUB_KEY=… [HUB_LOG=…] node --test hub/embed.mjs

import assert from "node:assert/strict";
import { createServer, request as ask } from "node:http";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { api, browser, host, hub, linkIn, session } from "./world.mjs";

let chromium;
before(async () => { chromium = await browser(); });
after(async () => { await chromium.close(); });

const EVENTS = ["load", "success", "close", "error"];

/** A page of another site that has the element; what it fired, said and asked for. */
async function embedded(made, { more = "", headers = {}, allowed = true, single_use = false, base = hub, tab, ...wanted } = {}) {
  const server = await host({}, headers);
  const { token, id } = made ?? (await session({
    provider: "gladly", single_use, allowed_origins: [allowed ? server.site : "https://elsewhere.example"], ...wanted,
  }));
  server.pages["/"] = `<!doctype html><html lang="en"><title>Embeds</title><body>
    <button id="before">Before</button>
    <script src="${base}/embed.js"></script>
    <waystone-hub token="${token}" ${more}></waystone-hub>`;
  const context = await chromium.newContext();
  const page = tab ?? await context.newPage();
  const [said, asked] = [[], []];
  page.on("console", (message) => { if (message.type() === "error") said.push(message.text()); });
  context.on("request", (request) => asked.push(request.url()));
  // Not by a script in the page, which its policy may forbid.
  await page.addInitScript((names) => {
    globalThis.fired = [];
    for (const name of names) {
      document.addEventListener(name, (event) => {
        if (event.target?.localName === "waystone-hub") globalThis.fired.push([name, event.detail]);
      }, true);
    }
  }, EVENTS);
  await page.goto(server.site);
  const fired = (name) => page.evaluate((wanted) => globalThis.fired.filter(([name]) => name === wanted).map(([, detail]) => detail), name);
  const first = async (name) => {
    await page.waitForFunction((wanted) => globalThis.fired.some(([name]) => name === wanted), name, { timeout: 60_000 });
    return (await fired(name))[0];
  };
  return { page, context, token, id, said, asked, fired, first, server, frame: page.frameLocator("waystone-hub iframe"), close: async () => { await context.close(); server.close(); } };
}

const inner = (page) => page.frames().find((frame) => frame.url().startsWith(hub) && frame !== page.mainFrame());

test("the script is small, may be kept, and is the same for everybody", async () => {
  const answer = await fetch(`${hub}/embed.js`);
  const text = await answer.text();
  assert.ok(gzipSync(text).length <= 4096, `${gzipSync(text).length} bytes`);
  assert.match(answer.headers.get("content-type"), /^text\/javascript/);
  assert.equal(answer.headers.get("cross-origin-resource-policy"), "cross-origin");
  assert.match(answer.headers.get("cache-control"), /max-age=\d+/);
  const again = await fetch(`${hub}/embed.js`, { headers: { "if-none-match": answer.headers.get("etag") } });
  assert.equal(again.status, 304);
});

test("an account is linked in a page of another site", async () => {
  const it = await embedded();
  await it.first("load");
  await linkIn(it.frame);
  const detail = await it.first("success");
  assert.equal(detail.provider, "gladly");
  const { body: account } = await api("GET", `/accounts/${detail.id}`);
  assert.equal(account.external_name, "Acme Outdoor");
  // The token was in one address, of which nothing is left.
  const frame = inner(it.page);
  assert.match(new URL(frame.url()).pathname, /^\/session\/\d+\/[^/]+\/done$/);
  assert.equal(await frame.evaluate(() => document.referrer), "");
  const seen = await frame.evaluate(() => performance.getEntries().map((entry) => entry.name).join(" "));
  assert.ok(!seen.includes(it.token), seen);
  assert.equal(it.asked.filter((url) => url.includes(it.token)).length, 1);
  if (process.env.HUB_LOG) {
    const log = await readFile(process.env.HUB_LOG, "utf8");
    assert.match(log, /\/link\/\{token\}/);
    assert.ok(!log.includes(it.token) && !log.includes("wsb_") && !log.includes("wsf_"), "the log holds a token");
  }
  await it.frame.getByRole("button", { name: "Close" }).click();
  await it.first("close");
  assert.equal((await it.fired("success")).length, 1);
  assert.equal((await it.fired("load")).length, 1);
  assert.deepEqual(await it.fired("error"), []);
  await it.close();
});

test("the element is as high as its page, unless a height is set", async () => {
  const it = await embedded();
  await it.first("load");
  const height = () => it.page.locator("waystone-hub").evaluate((element) => element.getBoundingClientRect().height);
  await it.page.waitForFunction(() => document.querySelector("waystone-hub").getBoundingClientRect().height > 600);
  const form = await height();
  const scrolls = await inner(it.page).evaluate(() => document.documentElement.scrollHeight - innerHeight);
  assert.ok(scrolls <= 1, `it scrolls ${scrolls} px`);
  await it.page.evaluate(() => { document.querySelector("waystone-hub").height = "500px"; });
  assert.equal(await height(), 500);
  await it.page.evaluate(() => { document.querySelector("waystone-hub").setAttribute("height", "640"); });
  assert.equal(await height(), 640);
  assert.ok(form > 640);
  await it.close();
});

test("a page that the session does not name gets no frame, and is told what to do", async () => {
  const it = await embedded(null, { allowed: false, single_use: true });
  assert.deepEqual(await it.first("error"), { code: "origin_not_allowed" });
  assert.ok(it.said.some((line) => line.includes(`"allowed_origins": ["${it.server.site}"]`)), it.said.join("\n"));
  assert.deepEqual(await it.fired("load"), []);
  assert.equal(await it.page.locator("waystone-hub iframe").count(), 0);
  // It did not use up the link either.
  const { status } = await fetch(`${hub}/link/${it.token}`, { method: "POST", redirect: "manual" });
  assert.equal(status, 303);
  await it.close();
});

test("a token of nothing, an ended session, a Hub that is not there", async () => {
  const nothing = await embedded({ token: "wst_nothing" });
  assert.deepEqual(await nothing.first("error"), { code: "no_session" });
  await nothing.close();

  const server = await host({});
  const ended = await session({ provider: "gladly" });
  assert.equal((await api("DELETE", `/connect_sessions/${ended.id}`)).status, 204);
  server.close();
  const it = await embedded(ended);
  assert.deepEqual(await it.first("error"), { code: "no_session" });
  await it.close();

  const away = await embedded(null, { more: 'base-url="http://127.0.0.1:9"' });
  assert.deepEqual(await away.first("error"), { code: "unreachable" });
  await away.close();
});

test("a link that works once goes on in its browser, and says so elsewhere", async () => {
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

test("theme, language and footer are those of the page around", async () => {
  const it = await embedded(null, { more: 'theme="dark" language="de" show-footer-links' });
  await it.first("load");
  const shown = async () => ({
    ground: await it.frame.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor),
    lang: await it.frame.locator("html").getAttribute("lang"),
    footer: await it.frame.locator("footer").count(),
  });
  assert.deepEqual(await shown(), { ground: "rgb(26, 30, 35)", lang: "de", footer: 1 });
  await it.page.evaluate(() => Object.assign(document.querySelector("waystone-hub"), { theme: "light", language: "en", showFooterLinks: false }));
  await it.frame.locator("html[lang=en]").waitFor();
  assert.deepEqual(await shown(), { ground: "rgb(255, 255, 255)", lang: "en", footer: 0 });
  await it.page.emulateMedia({ colorScheme: "dark" });
  assert.equal((await shown()).ground, "rgb(255, 255, 255)", "light is light");
  await it.close();
});

test("a modal takes the focus, gives it back, and keeps what was entered", async () => {
  const it = await embedded(null, { more: 'mode="modal" on-close-label="Later"' });
  assert.equal(await it.page.locator("waystone-hub iframe").count(), 0, "it waits");
  await it.page.focus("#before");
  await it.page.evaluate(() => document.querySelector("waystone-hub").open());
  await it.first("load");
  await it.page.getByRole("dialog", { name: "Link an account" }).waitFor();
  assert.ok(await it.page.evaluate(() => document.activeElement.localName === "waystone-hub"), "the focus is inside");
  await it.frame.locator('[name="field.organization_slug"]').focus();
  // Not by the field: its frame is gone before the key is up.
  await it.page.keyboard.press("Escape");
  await it.first("close");
  assert.equal(await it.page.locator("waystone-hub iframe").count(), 0);
  assert.equal(await it.page.evaluate(() => document.activeElement.id), "before");
  await it.page.evaluate(() => document.querySelector("waystone-hub").open());
  await linkIn(it.frame);
  assert.equal((await it.first("success")).provider, "gladly");
  await it.page.getByRole("button", { name: "Later" }).click();
  assert.equal((await it.fired("close")).length, 2);
  await it.close();
});

test("nobody else is listened to", async () => {
  const it = await embedded();
  await it.first("load");
  await it.page.evaluate(async () => {
    const lie = { source: "waystone", type: "linked", detail: "acc_lie", provider: "x" };
    postMessage(lie, "*");
    const other = document.createElement("iframe");
    other.srcdoc = `<script>parent.postMessage(${JSON.stringify(lie)}, "*")</` + "script>";
    document.body.append(other);
    await new Promise((done) => { other.onload = done; });
    // Nor does the page in the frame pass on what it is told from here.
    document.querySelector("waystone-hub").shadowRoot.querySelector("iframe").contentWindow.postMessage(lie, "*");
    await new Promise((done) => { setTimeout(done, 300); });
  });
  assert.deepEqual(await it.fired("success"), []);
  await it.close();
});

test("a strict policy of the page around is enough", async () => {
  const policy = `default-src 'none'; script-src ${hub}; frame-src ${hub}; connect-src ${hub}`;
  const it = await embedded(null, { headers: { "content-security-policy": policy } });
  await it.first("load");
  await linkIn(it.frame);
  await it.first("success");
  assert.deepEqual(it.said.filter((line) => !/favicon/.test(line)), []);
  await it.close();
  const without = await embedded(null, { headers: { "content-security-policy": `default-src 'none'; script-src ${hub}` } });
  assert.deepEqual(await without.first("error"), { code: "unreachable" });
  assert.ok(without.said.some((line) => line.includes("frame-src")), without.said.join("\n"));
  await without.close();
});

/** The Hub behind a proxy that keeps cookies away from frames, as browsers do that block those of third parties. */
async function cookieless() {
  const upstream = new URL(hub);
  const server = createServer((request, response) => {
    const framed = request.headers["sec-fetch-dest"] === "iframe";
    const sent = ask({ host: upstream.hostname, port: upstream.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      const headers = { ...answer.headers };
      if (framed) delete headers["set-cookie"];
      response.writeHead(answer.statusCode, headers);
      answer.pipe(response);
    });
    request.pipe(sent);
  });
  await new Promise((ready) => { server.listen(0, "127.0.0.1", ready); });
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

for (const single_use of [false, true]) {
  test(`where a frame may keep no cookie, a window goes on${single_use ? ", also for a link that works once" : ""}`, async () => {
    const proxy = await cookieless();
    const it = await embedded(null, { base: proxy.url, single_use, more: 'language="en"' });
    await it.first("load");
    await it.frame.getByRole("heading", { name: "Continue in a new window" }).waitFor();
    const address = it.page.frames()[1].url();
    const [window] = await Promise.all([it.context.waitForEvent("page"), it.frame.getByRole("button", { name: "Open a new window" }).click()]);
    await window.waitForURL(/\/session\/\d+\/[^/?]+$/);
    await linkIn(window);
    assert.equal((await it.first("success")).provider, "gladly", "the page around is told");
    // What the frame had is of no use any more.
    const frame = new URL(address).searchParams.get("frame");
    assert.match(frame, /^wsf_/);
    const again = await fetch(address);
    assert.equal(again.status, 401);
    assert.ok(!(await again.text()).includes("window"), "it leads nowhere");
    await it.close();
    proxy.close();
  });
}

test("what is set before the script has loaded counts, and so do properties and callbacks", async () => {
  const it = await embedded();
  await it.first("load");
  const answer = await it.page.evaluate(async (token) => {
    const element = document.createElement("waystone-hub");
    Object.assign(element, { token, height: "400px", onLoad: () => { globalThis.called = true; } });
    document.body.append(element);
    await new Promise((done) => { element.addEventListener("load", done); });
    return { token: element.getAttribute("token") === token, height: element.getAttribute("height"), called: globalThis.called, base: element.baseUrl };
  }, it.token);
  assert.deepEqual(answer, { token: true, height: "400px", called: true, base: hub });
  await it.close();
});

test("who signs in at the provider does so in a window, and the frame goes on", async () => {
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
  const [window] = await Promise.all([it.context.waitForEvent("page"), open.click()]);
  await window.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  // The frame has seen it, wherever the window is by now.
  await it.frame.locator("button[name=do][value=yes]").click();
  assert.equal((await it.first("success")).provider, "salesforce");
  assert.deepEqual(it.said.filter((line) => !/favicon|404/.test(line)), []);
  await it.close();
});
