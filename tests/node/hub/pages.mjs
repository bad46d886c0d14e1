// The linking pages of a Hub that runs, as a customer uses them: with and without a script, by pointer and by keyboard.
//
//   HUB_URL=… HUB_KEY=… [HUB_LOOKS=no] node --test hub/pages.mjs

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "../accessible.mjs";
import { api, browser, fillIn, good, host, hub, session } from "./world.mjs";

let chromium;
let product;
before(async () => {
  chromium = await browser();
  product = await host({ "/settings": "<!doctype html><title>The product</title><h1>Settings</h1>" });
});
after(async () => { await chromium.close(); product.close(); });

/** What no page may ever hold: everything secret that is typed below. */
const SECRETS = ["right-token", "revoked-token", "flooded-token", "other-token", "region-token", "newer-token"];

/** A browser of its own. When it closes, it has asked nobody but the Hub, and no answer held a secret. */
async function customer(options = {}) {
  const context = await chromium.newContext(options);
  context.setDefaultTimeout(60_000);
  const [asked, answers, wrong] = [[], [], []];
  context.on("request", (request) => asked.push(request.url()));
  context.on("response", (response) => {
    if (response.status() < 300 || response.status() > 399) answers.push(response.text().catch(() => ""));
  });
  context.on("weberror", (error) => wrong.push(error.error().message));
  context.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) wrong.push(message.text());
  });
  const page = await context.newPage();
  const close = async () => {
    const said = await Promise.all(answers);
    for (const secret of SECRETS) assert.ok(!said.some((text) => text.includes(secret)), `an answer holds ${secret}`);
    await context.close();
    const elsewhere = asked.filter((url) => ![hub, product.url].some((origin) => url.startsWith(`${origin}/`)) && !url.startsWith("data:"));
    assert.deepEqual([elsewhere, wrong], [[], []]);
  };
  return { page, context, close, plain: options.javaScriptEnabled === false };
}

/** Phone and desktop, light and dark: nothing that keeps people out, and nothing wider than its window. With another database pages look no different: `HUB_LOOKS=no`. */
async function look(page, what) {
  if (process.env.HUB_LOOKS === "no") return;
  const size = page.viewportSize();
  for (const [width, height] of [[360, 740], [1280, 860]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const where = `${what}, ${width} px, ${colorScheme}`;
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: wider than the window`);
      assert.deepEqual(await violations(page, colorScheme === "dark"), [], where);
    }
  }
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const field = (page, key) => page.locator(`[name="field.${key}"]`);
const connect = (page) => page.locator("button[name=do][value=connect]").click();
const answer = (page, yes) => page.locator(`button[name=do][value=${yes ? "yes" : "no"}]`).click();
const names = (page) => page.locator(".providers li:visible").allInnerTexts();

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with a script" : "without a script";

  test(`from a link to an account, ${how}`, async () => {
    const made = await session({ allowed_origins: [product.url], return_url: `${product.url}/settings` });
    const { page, close, plain } = await customer({ javaScriptEnabled });
    const looked = async (what) => { if (!plain) await look(page, what); };
    await page.goto(made.auth_link_url);
    await heading(page, /^Connect an app to/);
    assert.match(new URL(page.url()).pathname, /^\/session\/\d+$/, "the token is gone from the address");
    await looked("providers");

    // A category, a typo.
    const search = async (text) => {
      await page.locator("#_query").fill(text);
      if (plain) await page.locator(".find button").click();
    };
    await page.locator('[data-category="hris"]').click();
    await page.getByRole("link", { name: "BambooHR" }).waitFor();
    assert.ok(!(await names(page)).includes("Gladly"));
    await page.locator('[data-category=""]').click();
    await page.locator('[data-category=""][aria-current]').waitFor();
    await search("nothing of the kind");
    await page.getByText("No results for").waitFor();
    await search("twillio");
    await page.locator(".count", { hasText: "1 app" }).waitFor();
    assert.deepEqual(await names(page), ["Twilio"]);

    // Two ways to link.
    await page.getByRole("link", { name: "Twilio" }).click();
    await heading(page, /How do you want to connect Twilio/);
    assert.equal(await page.locator(".methods li").count(), 2);
    await looked("methods");
    await page.locator(".methods a").last().click();
    await heading(page, /Connect Twilio to/);
    await page.getByRole("link", { name: "Choose a different app" }).click();
    await search("galdly");
    await page.getByRole("link", { name: "Gladly" }).click();
    await heading(page, /Connect Gladly to/);
    await looked("form");

    // Nothing is sent while something is missing.
    if (plain) await page.evaluate(() => document.querySelector("#_form").setAttribute("novalidate", ""));
    else await page.locator("#_form").evaluate((form) => { form.noValidate = true; });
    await fillIn(page, { organization_slug: "not a slug", agent_email: good.agent_email }, "sandbox");
    await connect(page);
    await page.getByText("Check these fields").waitFor();
    await looked("form with something missing");
    assert.equal(await field(page, "agent_email").inputValue(), good.agent_email);

    // What is typed becomes what is kept, and says where it leads.
    await fillIn(page, { organization_slug: "https://ACME.gladly.com/settings", agent_email: good.agent_email, api_token: "revoked-token" });
    if (!plain) {
      await page.getByText("We'll use acme").waitFor();
      await page.locator(".host strong", { hasText: "acme.gladly.com" }).waitFor();
    }
    await connect(page);

    // The provider says no: field, step, what was typed, and a number for support.
    await page.getByText(/Gladly didn't accept the Agent Email and API Token in Production/).waitFor();
    await looked("refused");
    assert.equal(await field(page, "api_token").getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator(".step.now").getAttribute("id"), "create-token");
    assert.equal(await field(page, "organization_slug").inputValue(), "acme");
    assert.equal(await field(page, "agent_email").inputValue(), good.agent_email);
    assert.ok(await page.locator("[name=environment][value=production]").isChecked());
    assert.equal(await field(page, "api_token").inputValue(), "");
    assert.equal(await page.evaluate(() => document.activeElement.id), "_summary");
    const id = await page.locator("#_summary code").textContent();
    const { status, body: attempt } = await api("GET", `/link_attempts/${id}`);
    assert.equal(status, 200);
    assert.deepEqual([attempt.state, attempt.outcome, attempt.origin_owner_id], ["refused", "wrong_secret", made.origin_owner_id]);
    assert.ok(attempt.transcript.length > 0);
    const told = JSON.stringify(attempt);
    assert.ok(told.includes("401"), told);
    for (const hidden of ["revoked-token", btoa(`${good.agent_email}:revoked-token`)]) assert.ok(!told.includes(hidden), told);

    // Again, with the right one. The identity is asked for first, and no is no.
    await field(page, "api_token").fill(good.api_token);
    await connect(page);
    await heading(page, "Is this the right account?");
    await page.getByText("Acme Outdoor").first().waitFor();
    await looked("confirmation");
    await answer(page, false);
    await heading(page, /Connect Gladly to/);
    assert.deepEqual((await api("GET", `/accounts?origin_owner_id=${made.origin_owner_id}`)).body, []);
    assert.equal(await field(page, "organization_slug").inputValue(), "acme");
    // What was typed is kept, the secret too, though no page shows it.
    await page.locator("details.kept", { hasText: "Saved" }).waitFor();
    await connect(page);
    await heading(page, "Is this the right account?");
    await answer(page, true);
    await heading(page, "Acme Outdoor is connected");
    await looked("done");
    const { body: [account] } = await api("GET", `/accounts?origin_owner_id=${made.origin_owner_id}`);
    assert.deepEqual([account.status, account.provider, account.external_name], ["active", "gladly", "Acme Outdoor"]);
    assert.deepEqual(account.setup_information, { organization_slug: "acme", agent_email: good.agent_email });

    // Loaded again it is still that; and then back to the product.
    await page.reload();
    await heading(page, "Acme Outdoor is connected");
    await page.getByRole("main").getByRole("link", { name: /Back to/ }).click();
    await page.waitForURL(`${product.url}/settings`);
    await close();
  });

  test(`a provider that is busy is waited for, ${how}`, async () => {
    const made = await session({ provider: "gladly" });
    const { page, close, plain } = await customer({ javaScriptEnabled });
    await page.goto(made.auth_link_url);
    await fillIn(page, { ...good, api_token: "flooded-token" });
    await connect(page);
    await heading(page, /Checking your Gladly connection/);
    // Waiting takes some seconds; a machine that is busy itself may see the end of it only.
    const end = page.getByText(/ten requests a second for your organization/);
    await page.locator(".checks .waiting").or(end).first().waitFor({ state: "attached" });
    const waits = await page.locator(".checks .waiting .how").allTextContents();
    for (const says of waits) assert.match(says, /is busy\. Trying again in \d+ s\./);
    if (waits.length === 0) console.log("the wait was over before it was seen");
    await end.waitFor();
    // That is nobody's fault: it is tried again as it is, without typing anything.
    if (!plain) await look(page, "throttled");
    assert.equal(await page.locator('[aria-invalid="true"]').count(), 0);
    await page.locator("button[name=do][value=retry]").click();
    await heading(page, /Checking your Gladly connection/);
    await close();
  });

  test(`an account is edited: its secrets stay where they are, ${how}`, async () => {
    const account = await linked();
    const { page, close } = await customer({ javaScriptEnabled });
    const made = await session({ ...account.owner, account_id: account.id });
    await page.goto(made.auth_link_url);
    await heading(page, "Edit your Gladly connection");
    assert.equal(await field(page, "organization_slug").inputValue(), "acme");
    await page.locator("details.kept", { hasText: "Saved" }).waitFor();
    if (javaScriptEnabled) await look(page, "edit");
    await connect(page);
    await heading(page, "Is this the right account?");
    await answer(page, true);
    await heading(page, "Acme Outdoor is connected again");
    const { body: after } = await api("GET", `/accounts/${account.id}`);
    assert.equal(after.version, 2);
    const { body: verified } = await api("POST", `/accounts/${account.id}/verify`);
    assert.equal(verified.outcome, "ok", "the token that was kept still works");
    await close();
  });

  test(`another host asks for the secrets again, and another account is asked about, ${how}`, async () => {
    const account = await linked({ ...good, organization_slug: "acme.us-1", api_token: "region-token" });
    const { page, close } = await customer({ javaScriptEnabled });
    const made = await session({ ...account.owner, account_id: account.id });
    await page.goto(made.auth_link_url);
    await heading(page, "Edit your Gladly connection");
    await field(page, "organization_slug").fill("acme");
    await connect(page);
    // The browser itself may see that it is empty; the Hub does in any case.
    if (javaScriptEnabled) {
      await field(page, "organization_slug").press("Tab");
      await field(page, "api_token").waitFor();
    } else {
      await page.getByText("The address has changed, so please enter this again.").waitFor();
      assert.equal(await field(page, "organization_slug").inputValue(), "acme");
    }
    await field(page, "api_token").fill("other-token");
    await connect(page);
    await page.locator("#_summary").getByRole("heading", { name: "This is a different account" }).waitFor();
    assert.deepEqual(await page.locator("#_summary .who").allTextContents(), ["Acme West", "Acme Outdoor"]);
    if (javaScriptEnabled) await look(page, "another account");
    const { body: after } = await api("GET", `/accounts/${account.id}`);
    assert.deepEqual([after.version, after.external_name], [1, "Acme West"]);
    await close();
    await replaced(account, javaScriptEnabled);
  });

  test(`a step is handed to somebody else, ${how}`, async () => {
    const made = await session({ provider: "gladly" });
    const asks = await customer({ javaScriptEnabled });
    await asks.page.goto(made.auth_link_url);
    await fillIn(asks.page, { organization_slug: "acme" });
    await asks.page.locator(".hand summary").click();
    await asks.page.locator("[name=step][value=enter-credentials]").check();
    await asks.page.locator("button[value=handoff]").click();
    await heading(asks.page, "Send this link");
    if (javaScriptEnabled) await look(asks.page, "a link for somebody else");
    const link = await asks.page.locator("#_link").inputValue();
    assert.ok((await asks.page.locator("#_message").inputValue()).includes(link));
    await asks.page.getByRole("link", { name: "Back to the form" }).click();
    await asks.page.getByText("Waiting for someone else").first().waitFor();

    const gives = await customer({ javaScriptEnabled });
    await gives.page.goto(link);
    await heading(gives.page, /needs your help with Gladly/);
    assert.ok(!gives.page.url().includes("wsh_"), "the token is gone from the address");
    assert.equal(await field(gives.page, "organization_slug").count(), 0, "one step and no more");
    if (javaScriptEnabled) await look(gives.page, "help");
    await field(gives.page, "agent_email").fill(good.agent_email);
    await field(gives.page, "api_token").fill(good.api_token);
    await gives.page.getByRole("button", { name: "Send" }).click();
    await heading(gives.page, "Thanks, you're done");
    if (javaScriptEnabled) await look(gives.page, "thanks");
    assert.equal(await gives.page.locator("input").count(), 0);

    await asks.page.reload();
    await asks.page.getByText("Received").first().waitFor();
    const seen = await asks.page.content();
    // The guide itself shows an address like it in the empty field.
    assert.ok(!seen.replaceAll(`placeholder="${good.agent_email}"`, "").includes(good.agent_email), "what came is nobody's to see");
    assert.equal(await field(asks.page, "agent_email").inputValue(), "");
    assert.equal(await field(asks.page, "organization_slug").inputValue(), "acme");
    if (javaScriptEnabled) await look(asks.page, "a step that came back");
    await connect(asks.page);
    await heading(asks.page, "Is this the right account?");
    await answer(asks.page, true);
    await heading(asks.page, "Acme Outdoor is connected");
    // The link has done its work.
    await gives.page.goto(link);
    assert.equal(await field(gives.page, "api_token").count(), 0);
    await asks.close();
    await gives.close();
  });
}

/** Where the product means it, another account takes the place, once the person has seen both. */
async function replaced(account, javaScriptEnabled) {
  const { page, close } = await customer({ javaScriptEnabled });
  const made = await session({ ...account.owner, account_id: account.id, allow_different: true });
  await page.goto(made.auth_link_url);
  await field(page, "organization_slug").fill("acme");
  await field(page, "organization_slug").press("Tab");
  // Without a script nothing opens by itself.
  if (!javaScriptEnabled) await page.locator(".kept summary").click();
  await field(page, "api_token").fill("other-token");
  await connect(page);
  await heading(page, "This is a different account");
  assert.match(await page.textContent("main"), /Acme West[^]*Acme Outdoor/);
  if (javaScriptEnabled) await look(page, "another account on purpose");
  await page.getByRole("button", { name: "Yes, replace the account" }).click();
  await heading(page, /is connected/);
  const { body: after } = await api("GET", `/accounts/${account.id}`);
  assert.deepEqual([after.version, after.external_name], [2, "Acme Outdoor"]);
  await close();
}

/** An account of an owner of its own. */
async function linked(credentials = good) {
  const made = await session({ provider: "gladly" });
  const response = await fetch(`${hub}/hub/accounts`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-session-token": made.token },
    body: JSON.stringify({ integration_id: "gladly.api-key", credentials: { ...credentials, environment: "production" } }),
  });
  assert.equal(response.status, 201);
  const { origin_owner_id, origin_owner_name } = made;
  return { id: (await response.json()).id, owner: { origin_owner_id, origin_owner_name } };
}

/** Presses a button as a finger does, slowly: near its upper edge, and what is waited for happens before it is let go. */
async function press(page, button, wait) {
  await button.scrollIntoViewIfNeeded();
  const { x, y, width } = await button.boundingBox();
  await page.mouse.move(x + width / 2, y + 3);
  const waited = wait();
  await page.mouse.down();
  await waited;
  await page.mouse.up();
}

test("a button stays where it is while it is pressed", async () => {
  const { page, close } = await customer();
  const button = page.locator("button[name=do][value=connect]");

  // What a field has to say comes when the field is left: here, while the button is down already.
  await page.goto((await session({ provider: "gladly" })).auth_link_url);
  await page.locator("#_form").evaluate((form) => { form.noValidate = true; });
  await page.locator("[name=environment][value=production]").check();
  await field(page, "organization_slug").pressSequentially("not a slug");
  const before = await page.waitForResponse(/\/preview$/);
  assert.equal(before.status(), 200);
  await press(page, button, () => page.waitForResponse(/\/preview$/).then((answer) => answer.finished()).then(() => page.waitForTimeout(100)));
  await page.getByText("Check these fields").waitFor();

  // Another host asks for the secrets again, and the form grows by them.
  const account = await linked();
  await page.goto((await session({ ...account.owner, account_id: account.id })).auth_link_url);
  await page.locator("#_form").evaluate((form) => { form.noValidate = true; });
  await field(page, "organization_slug").clear();
  await field(page, "organization_slug").pressSequentially("acme.us-1");
  await press(page, button, () => page.waitForTimeout(300));
  await page.getByText("The address has changed, so please enter this again.").waitFor();
  await close();
});

test("who handed a step on goes on when the session has ended, and nobody else does", async () => {
  const made = await session({ provider: "gladly", expires_in: 6 });
  const [asks, gives, late] = [await customer(), await customer(), await customer()];
  await asks.page.goto(made.auth_link_url);
  await fillIn(asks.page, { organization_slug: "acme" });
  await asks.page.locator(".hand summary").click();
  await asks.page.locator("[name=step][value=enter-credentials]").check();
  await asks.page.locator("button[value=handoff]").click();
  const link = await asks.page.locator("#_link").inputValue();
  const until = asks.page.locator("time");
  assert.ok(Date.parse(await until.getAttribute("datetime")) > Date.now() + 71 * 3600_000);
  assert.ok(!(await until.textContent()).includes("UTC"), "as it is here");
  const { expires_at } = (await api("GET", `/connect_sessions/${made.id}`)).body;
  await new Promise((ready) => setTimeout(ready, Date.parse(expires_at) - Date.now() + 50));

  await late.page.goto(made.auth_link_url);
  await heading(late.page, "This link has expired");
  const refused = await fetch(`${hub}/hub/connectors`, { headers: { "x-hub-session-token": made.token } });
  assert.equal(refused.status, 401);
  await gives.page.goto(link);
  await field(gives.page, "agent_email").fill(good.agent_email);
  await field(gives.page, "api_token").fill(good.api_token);
  await gives.page.getByRole("button", { name: "Send" }).click();
  await heading(gives.page, "Thanks, you're done");
  // By the link that was opened before, and is known here.
  await asks.page.goto(made.auth_link_url);
  await connect(asks.page);
  await answer(asks.page, true);
  await heading(asks.page, "Acme Outdoor is connected");
  for (const one of [asks, gives, late]) await one.close();
});

test("a guide leaves out what the product does not need", async () => {
  const { page, close } = await customer();
  const steps = async (scopes) => {
    await page.goto((await session({ provider: "ashby", scopes })).auth_link_url);
    await heading(page, /Connect Ashby/);
    return page.textContent("main");
  };
  const all = await steps(undefined);
  const jobs = await steps(["jobs:read"]);
  for (const title of ["Allow reading jobs", "Allow reading candidates"]) assert.ok(all.includes(title), title);
  assert.ok(jobs.includes("Allow reading jobs") && !jobs.includes("Allow reading candidates"), jobs);
  await close();
});

test("a link that works once opens in one browser, and goes on there", async () => {
  const made = await session({ provider: "gladly", single_use: true });
  const first = await customer();
  await first.page.goto(made.auth_link_url);
  await heading(first.page, /Connect Gladly to/);
  await first.page.goto("about:blank");
  await first.page.goto(made.auth_link_url);
  await heading(first.page, /Connect Gladly to/);
  const second = await customer();
  const answered = await second.page.goto(made.auth_link_url);
  assert.equal(answered.status(), 410);
  await heading(second.page, "This link has already been used");
  await look(second.page, "used");
  // The address of the first is of no use to the second.
  await second.page.goto(first.page.url());
  await heading(second.page, "There's nothing to connect here");
  await look(second.page, "no session");
  await first.close();
  await second.close();
});

test("what only looks at a link that works once does not use it up", async () => {
  const made = await session({ provider: "gladly", single_use: true });
  for (const options of [{}, { method: "HEAD" }, { headers: { purpose: "prefetch" } }]) {
    const answered = await fetch(made.auth_link_url, { redirect: "manual", ...options });
    assert.equal(answered.status, 200);
    assert.equal(answered.headers.get("set-cookie"), null);
  }
  const { page, close } = await customer();
  await page.goto(made.auth_link_url);
  await heading(page, /Connect Gladly to/);
  await close();
});

test("a browser that does not say where it goes is asked, also without a script", async () => {
  for (const [javaScriptEnabled, locale, button] of [[false, "en", "Continue"], [true, "de", "Weiter"]]) {
    const made = await session({ provider: "gladly", single_use: true });
    const context = await chromium.newContext({ javaScriptEnabled, locale });
    const page = await context.newPage();
    // Without TLS, and under a name that is not this machine's, browsers say nothing about a request.
    await page.goto(made.auth_link_url.replace("//127.0.0.1", "//hub.lan"));
    await heading(page, locale === "en" ? /^Connect an account to/ : /^Konto mit .* verbinden$/);
    assert.deepEqual(await context.cookies(), []);
    if (javaScriptEnabled) await look(page, "a link that works once");
    await page.getByRole("button", { name: button }).click();
    await heading(page, locale === "en" ? /^Connect Gladly to/ : /^Gladly mit/);
    // Here it can be opened again; elsewhere it cannot.
    await page.goto(made.auth_link_url.replace("//127.0.0.1", "//hub.lan"));
    await heading(page, locale === "en" ? /^Connect Gladly to/ : /^Gladly mit/);
    assert.equal((await fetch(made.auth_link_url, { redirect: "manual" })).status, 410);
    await context.close();
  }
});

test("a link that has expired or was taken back leads nowhere, also from within", async () => {
  const { page, close } = await customer();
  const short = await session({ provider: "gladly", expires_in: 1 });
  await page.waitForTimeout(1200);
  assert.equal((await page.goto(short.auth_link_url)).status(), 410);
  await heading(page, "This link has expired");
  await look(page, "expired");
  const taken = await session({ provider: "gladly", allowed_origins: [product.url], return_url: `${product.url}/settings` });
  await page.goto(taken.auth_link_url);
  await fillIn(page);
  assert.equal((await api("DELETE", `/connect_sessions/${taken.id}`)).status, 204);
  await connect(page);
  await heading(page, "This link was withdrawn");
  await look(page, "revoked");
  assert.equal(await page.getByRole("main").getByRole("link", { name: /Back to/ }).getAttribute("href"), `${product.url}/settings`);
  await page.goto(taken.auth_link_url);
  await heading(page, "This link was withdrawn");
  assert.equal((await page.goto(`${hub}/link/wst_guess`)).status(), 404);
  await close();
});

test("the pages speak German where the browser does, or where the session says so", async () => {
  for (const [options, more] of [[{ locale: "de-AT" }, {}], [{}, { language: "de" }]]) {
    const { page, close } = await customer(options);
    await page.goto((await session({ provider: "gladly", ...more })).auth_link_url);
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    await page.getByRole("button", { name: "Verbinden" }).waitFor();
    await look(page, "the form in German");
    await fillIn(page, { ...good, api_token: "revoked-token" });
    await connect(page);
    await page.getByText("Diese Zugangsdaten wurden abgelehnt").first().waitFor();
    // What the guide says stays in its language, and is marked so.
    await page.locator('#_summary [lang="en"]', { hasText: "Gladly didn't accept" }).waitFor();
    await close();
  }
});

test("a person without a pointer comes to the end", async () => {
  const { page, close } = await customer();
  await page.goto((await session()).auth_link_url);
  const at = () => page.evaluate(() => { const one = document.activeElement; return `${one.localName} ${one.name ?? ""} ${one.value ?? ""} ${one.textContent.trim().slice(0, 40)}`; });
  const to = async (what, key = "Tab") => {
    for (let i = 0; i < 80; i += 1) {
      if (what.test(await at())) return;
      await page.keyboard.press(key);
    }
    assert.fail(`${what} cannot be reached; at ${await at()}`);
  };
  await to(/^input q/);
  await page.keyboard.type("gladly");
  await page.keyboard.press("Enter");
  await heading(page, /Connect Gladly to/);
  await to(/^input environment/);
  await page.keyboard.press("Space");
  await to(/^input environment production/, "ArrowDown");
  await page.keyboard.press("Space");
  for (const [key, value] of Object.entries({ ...good, api_token: "revoked-token" })) {
    await to(new RegExp(`^input field\\.${key} `));
    await page.keyboard.type(value);
  }
  await page.keyboard.press("Enter");
  // The focus is on what went wrong, and its link leads to the field.
  await page.getByText(/Gladly didn't accept/).waitFor();
  await to(/^a .*API Token/);
  await page.keyboard.press("Enter");
  await to(/^input field\.api_token/, "F24");
  await page.keyboard.type(good.api_token);
  await to(/^button do connect/);
  await page.keyboard.press("Enter");
  await heading(page, "Is this the right account?");
  await to(/^button do yes/);
  await page.keyboard.press("Enter");
  await heading(page, "Acme Outdoor is connected");
  await close();
});

test("the first page of a person weighs 30 KB at most, and the next ones less", async () => {
  for (const more of [{}, { provider: "gladly" }]) {
    const { page, context, close } = await customer();
    const wire = await context.newCDPSession(page);
    let bytes = 0;
    await wire.send("Network.enable");
    wire.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
    wire.on("Network.requestWillBeSent", ({ redirectResponse }) => { bytes += redirectResponse?.encodedDataLength ?? 0; });
    await page.goto((await session(more)).auth_link_url, { waitUntil: "networkidle" });
    assert.ok(bytes > 5000 && bytes <= 30 * 1024, `${bytes} bytes`);
    console.log(`first load of ${more.provider ? "a form" : "all providers"}: ${bytes} bytes`);
    bytes = 0;
    await page.reload({ waitUntil: "networkidle" });
    assert.ok(bytes < 15 * 1024, `${bytes} bytes again`);
    await close();
  }
});
