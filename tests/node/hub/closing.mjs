// Tests that an element that is closed keeps what was entered in it, and shows it again.
//
//   HUB_URL=… HUB_KEY=… node --test hub/closing.mjs

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CANARY, connect, field, hasTyped, heading, isForm, opened, storing, typed } from "./form.mjs";
import { api, fillIn, good, session } from "./world.mjs";

let chromium;
before(async () => { chromium = await storing(); });
after(async () => { await chromium.close(); });

/** Presses Escape, and does not wait: the key hides the frame, and Chromium might never acknowledge it. */
const pressEscape = (where) => { where.press("Escape").catch(() => {}); };

/** A modal, with functions that open it and count its events. */
async function modal(more) {
  const it = await opened(chromium, "in a modal", { attributes: 'mode="modal"', more });
  const open = (id = "one") => it.page.evaluate((id) => document.getElementById(id).open(), id);
  const fired = (name) => it.page.evaluate((name) => globalThis.fired.filter((one) => one === name).length, name);
  const closed = async (times) => {
    await it.page.waitForFunction((times) => globalThis.fired.filter((one) => one === "close").length === times, times);
    assert.equal(await it.page.getByRole("dialog").count(), 0, "the dialog is still visible");
  };
  return Object.assign(it, { open, fired, closed });
}

test("a modal that is closed by Escape or its button keeps everything, and shows it again", async () => {
  const it = await modal();
  await it.page.focus("#before");
  const ways = [
    () => pressEscape(field(it.view, "agent_email")),
    () => it.page.getByRole("button", { name: "Close" }).click(),
    // The focus is on the dialog's button, so the browser itself closes the dialog.
    async () => { await it.page.getByRole("button", { name: "Close" }).focus(); pressEscape(it.page.keyboard); },
    () => it.page.evaluate(() => document.getElementById("one").close()),
  ];
  await it.open();
  await isForm(it.view);
  await fillIn(it.view, { ...typed, api_token: CANARY }, "sandbox");
  for (const [at, way] of ways.entries()) {
    await way();
    await it.closed(at + 1);
    assert.equal(await it.page.evaluate(() => document.activeElement.id), "before", "the focus is not back");
    await it.open();
    await it.page.getByRole("dialog").waitFor();
    await hasTyped(it.view, { ...typed, api_token: CANARY });
    assert.equal(await it.page.evaluate(() => document.activeElement.localName), "waystone-hub");
  }
  // It is the same frame: nothing was loaded again.
  assert.equal(await it.fired("load"), 1);

  // A finished frame is replaced.
  await fillIn(it.view, good);
  await connect(it.view).click();
  await it.view.locator("button[name=do][value=yes]").click();
  await heading(it.view, "Acme Outdoor is connected");
  pressEscape(it.page.keyboard);
  await it.closed(ways.length + 1);
  assert.equal(await it.page.locator("waystone-hub iframe").count(), 0, "a finished frame is kept");
  await it.open();
  await heading(it.view, "Edit your Gladly connection");
  await it.close();
});

test("in a search, Escape first clears the search", async () => {
  const it = await modal({ provider: undefined });
  await it.open();
  const search = it.view.locator("#_query");
  // The script hides the button.
  await it.view.locator(".find .button").waitFor({ state: "hidden" });
  await search.fill("gladly");
  await search.press("Escape");
  assert.equal(await search.inputValue(), "");
  await it.view.locator(".count", { hasText: /^\d\d apps/ }).waitFor();
  assert.equal(await it.fired("close"), 0);
  pressEscape(search);
  await it.closed(1);
  await it.close();
});

test("two elements with their own sessions keep their own values, and a new token shows nothing of the old session", async () => {
  const it = await modal();
  const second = await session({ provider: "gladly", allowed_origins: [it.server.site] });
  await it.page.evaluate((token) => {
    const element = Object.assign(document.createElement("waystone-hub"), { id: "two", token });
    element.setAttribute("mode", "modal");
    document.body.append(element);
  }, second.token);
  const frameOf = (id) => it.page.frameLocator(`#${id} iframe`);
  for (const [at, id] of ["one", "two"].entries()) {
    await it.open(id);
    await isForm(frameOf(id));
    await field(frameOf(id), "organization_slug").fill(`slug-${id}`);
    pressEscape(it.page.keyboard);
    await it.closed(at + 1);
  }
  for (const [at, id] of ["one", "two"].entries()) {
    await it.open(id);
    assert.equal(await field(frameOf(id), "organization_slug").inputValue(), `slug-${id}`);
    pressEscape(it.page.keyboard);
    await it.closed(at + 3);
  }

  // A hidden frame whose session is replaced is removed at once.
  const third = await session({ provider: "gladly", allowed_origins: [it.server.site] });
  await it.page.evaluate((token) => { document.getElementById("one").token = token; }, third.token);
  assert.equal(await it.page.locator("#one iframe").count(), 0);
  await it.open("one");
  await isForm(frameOf("one"));
  assert.equal(await field(frameOf("one"), "organization_slug").inputValue(), "");
  await it.close();
});

test("a modal whose session ended while it was closed says so, and takes a new token", async () => {
  const it = await modal();
  await it.open();
  await isForm(it.view);
  await fillIn(it.view, typed, "sandbox");
  pressEscape(it.page.keyboard);
  await it.closed(1);
  assert.equal((await api("DELETE", `/connect_sessions/${it.created.id}`)).status, 204);
  await it.open();
  await heading(it.view, "This link is no longer valid");
  assert.equal(await it.fired("error"), 1);
  await it.page.getByRole("button", { name: "Close" }).click();
  await it.closed(2);
  assert.equal(await it.page.locator("waystone-hub iframe").count(), 0, "a frame without a session is kept");
  const { token } = await session({ provider: "gladly", allowed_origins: [it.server.site] });
  await it.page.evaluate((token) => { const element = document.getElementById("one"); element.token = token; element.open(); }, token);
  await isForm(it.view);
  assert.equal(await field(it.view, "organization_slug").inputValue(), "");
  await it.close();
});

test("an element that is not a modal keeps everything, too", async () => {
  const it = await opened(chromium, "in a frame");
  await isForm(it.view);
  await fillIn(it.view, { ...typed, api_token: CANARY }, "sandbox");
  const element = it.page.locator("waystone-hub");
  await element.evaluate((one) => one.close());
  await it.page.waitForFunction(() => document.querySelector("waystone-hub").getBoundingClientRect().height === 0);
  await element.evaluate((one) => one.open());
  await hasTyped(it.view, { ...typed, api_token: CANARY });
  await it.close();
});
