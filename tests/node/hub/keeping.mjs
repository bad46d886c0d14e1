// Tests that people lose nothing they entered on the linking pages of a running Hub: through a reload, Back, or a
// submission without a connection. Secrets survive only in the open page, and are never stored.
//
//   HUB_URL=… HUB_KEY=… node --test hub/keeping.mjs

import assert from "node:assert/strict";
import { createServer, request as forward } from "node:http";
import { after, before, test } from "node:test";
import { violations } from "../accessible.mjs";
import { CANARY, connect, enter, field, hasNoSecret, hasTyped, heading, isForm, opened as openedIn, stored, storing, typed } from "./form.mjs";
import { api, fillIn, good, hub, session } from "./world.mjs";

let chromium;
before(async () => { chromium = await storing(); });
after(async () => { await chromium.close(); });

const opened = (where, more) => openedIn(chromium, where, more);

for (const where of ["in a window", "in a frame"]) {
  test(`a reload keeps what was entered, except secrets, ${where}`, async () => {
    const it = await opened(where);
    await enter(it);
    await it.page.reload();
    await isForm(it.view);
    await hasTyped(it.view);
    assert.equal(await field(it.view, "api_token").inputValue(), "");
    assert.ok((await hasNoSecret(it)).includes(typed.organization_slug));

    // The host is previewed as if the value had just been entered.
    await it.view.locator(".host strong", { hasText: "acme-draft" }).waitFor();

    // A value that the Hub has rejected is kept, too.
    await it.inside().locator("#_form").evaluate((form) => { form.noValidate = true; });
    await field(it.view, "organization_slug").fill("not a slug");
    await connect(it.view).click();
    await it.view.getByText("Check these fields").waitFor();
    await field(it.view, "agent_email").fill("second@acme.example");
    const path = new URL(it.inside().url()).pathname;
    await it.inside().goto(new URL(path, hub).href);
    await isForm(it.view);
    await hasTyped(it.view, { organization_slug: "not a slug", agent_email: "second@acme.example" });

    // Linking the account removes the draft.
    await fillIn(it.view, good);
    await connect(it.view).click();
    await it.view.locator("button[name=do][value=yes]").click();
    await heading(it.view, "Acme Outdoor is connected");
    assert.ok(!(await stored(it.inside())).includes("acme"), await stored(it.inside()));
    await it.close();
  });

  test(`going back from the question shows the form again, which can be sent, ${where}`, async () => {
    const it = await opened(where);
    await isForm(it.view);
    await it.inside().locator("#_form").evaluate((form) => { form.noValidate = true; });
    // The last form before the checks is a rejected one, which the browser could only send again.
    await fillIn(it.view, { ...good, organization_slug: "not a slug" });
    await connect(it.view).click();
    await it.view.getByText("Check these fields").waitFor();
    await isForm(it.view);
    await fillIn(it.view, { organization_slug: "https://ACME.gladly.com/x", agent_email: good.agent_email });
    await connect(it.view).click();
    await heading(it.view, "Is this the right account?");
    await it.page.evaluate(() => history.back());
    await isForm(it.view);
    // The form shows the values that the Hub has stored, and that the secret is stored.
    assert.equal(await field(it.view, "organization_slug").inputValue(), "acme");
    assert.equal(await field(it.view, "agent_email").inputValue(), good.agent_email);
    assert.ok(await it.view.locator("[name=environment][value=production]").isChecked());
    await it.view.locator("details.kept", { hasText: "Saved" }).waitFor();
    await hasNoSecret(it);
    // The page is current: the Hub accepts the form, and the account is a different one.
    await field(it.view, "organization_slug").fill("acme.us-1");
    await it.view.locator("details.kept summary").click();
    await field(it.view, "api_token").fill("region-token");
    await connect(it.view).click();
    await heading(it.view, "Is this the right account?");
    await it.view.getByText("Acme West").first().waitFor();
    // Back still leads to the form, and opening the form itself leads to the question.
    await it.page.evaluate(() => history.back());
    await isForm(it.view);
    await it.inside().goto(it.inside().url().replace("?edit", ""));
    await heading(it.view, "Is this the right account?");
    await it.close();
  });

  test(`a form that cannot be sent keeps everything, and can be sent once the connection is back, ${where}`, async () => {
    const it = await opened(where);
    await isForm(it.view);
    await fillIn(it.view, good);
    await it.context.setOffline(true);
    await connect(it.view).click();
    const alert = it.view.getByRole("alert");
    await alert.filter({ hasText: "You are offline. Nothing was sent." }).waitFor();
    for (const [key, value] of Object.entries(good)) assert.equal(await field(it.view, key).inputValue(), value, key);
    assert.equal(await connect(it.view).getAttribute("aria-disabled"), null);
    assert.equal(await connect(it.view).evaluate((button) => button.parentElement.lastElementChild.getAttribute("role")), "alert");
    // Other buttons of the form, and the Enter key, do the same. There is never more than one message.
    await field(it.view, "organization_slug").press("Enter");
    await it.view.locator(".hand summary").click();
    await it.view.locator("button[value=handoff]").click();
    await it.view.locator(".hand [role=alert]").waitFor();
    assert.equal(await alert.count(), 1);
    assert.deepEqual(it.posts, []);
    if (where === "in a window") assert.deepEqual(await violations(it.page, false), []);

    await it.context.setOffline(false);
    await alert.waitFor({ state: "detached" });
    await connect(it.view).dblclick();
    await heading(it.view, "Is this the right account?");
    assert.equal(it.posts.length, 1, it.posts.join("\n"));
    // The button that was pressed is sent, also from a form with two buttons.
    await it.context.setOffline(true);
    await it.view.locator("button[name=do][value=no]").click();
    await alert.filter({ hasText: "You are offline." }).waitFor();
    await it.context.setOffline(false);
    await it.view.locator("button[name=do][value=no]").click();
    await isForm(it.view);
    assert.equal(it.posts.length, 2, it.posts.join("\n"));
    await it.close();
  });
}

test("a reload and Back keep the search for an app", async () => {
  const it = await opened("in a window", { more: { provider: undefined } });
  const search = it.page.locator("#_query");
  const found = () => it.page.locator(".providers li:visible").allInnerTexts();
  await search.fill("galdly");
  await search.press("Enter");
  await isForm(it.view);
  await it.page.evaluate(() => history.back());
  await heading(it.page, /Connect an app/);
  assert.deepEqual([await search.inputValue(), await found()], ["galdly", ["Gladly"]]);
  await search.fill("");
  await it.page.locator("[data-category=hris]").click();
  await search.fill("bam");
  await it.page.waitForURL("**/*q=bam&category=hris");
  await it.page.reload();
  await heading(it.page, /Connect an app/);
  assert.deepEqual([await search.inputValue(), await found()], ["bam", ["BambooHR"]]);
  await it.close();
});

/** Starts a proxy to the Hub. While `status` is set, the proxy responds with that status; 0 closes the connection. */
async function proxy() {
  const upstream = new URL(hub);
  const it = { status: undefined };
  const server = createServer((request, response) => {
    if (it.status === 0) { request.socket.destroy(); return; }
    if (it.status) { response.writeHead(it.status); response.end("a gateway's own page"); return; }
    const options = { host: upstream.hostname, port: upstream.port, path: request.url, method: request.method, headers: request.headers };
    const forwarded = forward(options, (received) => { response.writeHead(received.statusCode, received.headers); received.pipe(response); });
    request.pipe(forwarded);
  });
  await new Promise((ready) => { server.listen(0, "127.0.0.1", ready); });
  return Object.assign(it, { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
}

test("a form is not sent to a Hub that cannot be reached", async () => {
  const gateway = await proxy();
  const it = await opened("in a window", { base: gateway.url });
  await isForm(it.view);
  await fillIn(it.view, good);
  for (const status of [0, 502, 503, 504]) {
    gateway.status = status;
    await connect(it.view).click();
    await it.view.getByRole("alert").filter({ hasText: /We couldn't reach .+\. Nothing was sent\./ }).waitFor();
    assert.equal(await field(it.view, "api_token").inputValue(), good.api_token);
    gateway.status = undefined;
    await it.page.evaluate(() => dispatchEvent(new Event("online")));
  }
  assert.deepEqual(it.posts, []);
  await connect(it.view).click();
  await heading(it.view, "Is this the right account?");
  await it.close();
  gateway.close();
});

test("drafts are kept for the same form only, and until its session ends", async () => {
  const it = await opened("in a window", { more: { provider: undefined } });
  const open = (name) => it.page.getByRole("link", { name }).click();
  await open("Gladly");
  await enter(it);
  await it.page.getByRole("link", { name: "Choose a different app" }).click();
  await open("Ashby");
  await heading(it.page, /Connect Ashby/);
  assert.deepEqual(await it.page.locator("[data-typed]").evaluateAll((all) => all.map(({ value }) => value).filter(Boolean)), []);
  for (const name of [/Connect an app/, /Connect Gladly to/]) {
    await it.page.evaluate(() => history.back());
    await heading(it.page, name);
  }
  await hasTyped(it.view);
  // A tab of its own has no part in it.
  const other = await it.context.newPage();
  await other.goto(it.page.url());
  await isForm(other);
  assert.equal(await field(other, "organization_slug").inputValue(), "");

  assert.equal((await api("DELETE", `/connect_sessions/${it.created.id}`)).status, 204);
  await it.page.reload();
  await heading(it.page, "This link is no longer valid");
  assert.ok(!(await stored(it.inside())).includes("acme-draft"));
  await it.close();
});

test("a person who completes a step for someone else loses nothing through a reload", async () => {
  const it = await opened("in a window");
  await isForm(it.view);
  await fillIn(it.view, { organization_slug: "acme", agent_email: "before@acme.example" });
  await it.view.locator(".hand summary").click();
  await it.view.locator("[name=step][value=enter-credentials]").check();
  await it.view.locator("button[value=handoff]").click();
  const link = await it.view.locator("#_link").inputValue();

  // The value from before the step was handed off is not entered again, because it would replace the helper's.
  await it.view.getByRole("link", { name: "Back to the form" }).click();
  await it.view.getByText("Waiting for someone else").first().waitFor();
  assert.equal(await field(it.view, "agent_email").inputValue(), "");

  const context = await chromium.newContext();
  const helper = await context.newPage();
  await helper.goto(link);
  await field(helper, "agent_email").fill(good.agent_email);
  await field(helper, "api_token").fill(CANARY);
  await helper.reload();
  await heading(helper, /needs your help/);
  assert.equal(await field(helper, "agent_email").inputValue(), good.agent_email);
  const text = await stored(helper.mainFrame());
  assert.ok(text.includes(good.agent_email) && !text.includes(CANARY), text);
  await field(helper, "api_token").fill(good.api_token);
  await helper.getByRole("button", { name: "Send" }).click();
  await heading(helper, "Thanks, you're done");
  assert.ok(!(await stored(helper.mainFrame())).includes("acme"));
  await context.close();
  await it.close();
});

for (const isRevoked of [false, true]) {
  test(`a page from the back/forward cache ${isRevoked ? "is replaced if its session has ended" : "keeps everything"}`, async () => {
    const caching = await storing({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
    const page = await caching.newPage();
    await page.addInitScript(() => { addEventListener("pageshow", ({ persisted }) => { globalThis.isPersisted = persisted; }); });
    const created = await session();
    await page.goto(created.auth_link_url);
    await page.getByRole("link", { name: "Gladly" }).click();
    await isForm(page);
    // Chromium would not cache the page after a preview, so this enters only the secret.
    await field(page, "api_token").fill(CANARY);
    await page.getByRole("link", { name: "Choose a different app" }).click();
    await heading(page, /Connect an app/);
    if (isRevoked) assert.equal((await api("DELETE", `/connect_sessions/${created.id}`)).status, 204);
    // Only a page from the cache asks whether it is outdated.
    const asked = page.waitForRequest((request) => request.method() === "HEAD");
    await page.evaluate(() => history.back());
    await asked;
    if (isRevoked) await heading(page, "This link is no longer valid");
    else {
      await isForm(page);
      assert.ok(await page.evaluate(() => globalThis.isPersisted));
      assert.equal(await field(page, "api_token").inputValue(), CANARY);
    }
    await caching.close();
  });
}
