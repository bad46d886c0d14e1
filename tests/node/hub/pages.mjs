// Tests the linking pages of a running Hub as a customer uses them: with and without JavaScript, with a pointer, and
// with only the keyboard.
//
//   HUB_URL=… HUB_KEY=… [HUB_LOOKS=no] node --test hub/pages.mjs

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { look } from "./look.mjs";
import { api, browser, explainFailures, fillIn, good, host, hub, linkIn, session } from "./world.mjs";

let chromium;
let product;
before(async () => {
  chromium = await browser();
  product = await host({ "/settings": "<!doctype html><title>The product</title><h1>Settings</h1>" });
});
after(async () => { await chromium.close(); product.close(); });
explainFailures(() => chromium);

/** Secrets that the tests enter. No page may contain any of these secrets. */
const SECRETS = ["right-token", "revoked-token", "flooded-token", "other-token", "region-token", "newer-token"];

/**
 * Opens a new browser. When the browser closes, asserts that only the Hub and the product received requests, and that
 * no response contained a secret.
 */
async function customer(options = {}) {
  const context = await chromium.newContext(options);
  context.setDefaultTimeout(60_000);
  const [requests, responses, errors] = [[], [], []];
  context.on("request", (request) => requests.push(request.url()));
  context.on("response", (response) => {
    if (response.status() < 300 || response.status() > 399) responses.push(response.text().catch(() => ""));
  });
  context.on("weberror", (error) => errors.push(error.error().message));
  context.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  const page = await context.newPage();
  const close = async () => {
    const texts = await Promise.all(responses);
    for (const secret of SECRETS) assert.ok(!texts.some((text) => text.includes(secret)), `a response contains ${secret}`);
    await context.close();
    const elsewhere = requests.filter((url) => ![hub, product.url].some((origin) => url.startsWith(`${origin}/`)) && !url.startsWith("data:"));
    assert.deepEqual([elsewhere, errors], [[], []]);
  };
  return { page, context, close, plain: options.javaScriptEnabled === false };
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const field = (page, key) => page.locator(`[name="field.${key}"]`);
const connect = (page) => page.locator("button[name=do][value=connect]").click();
const answerQuestion = (page, yes) => page.locator(`button[name=do][value=${yes ? "yes" : "no"}]`).click();
const names = (page) => page.locator(".providers li:visible").allInnerTexts();

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`a person goes from a link to a linked account, ${how}`, async () => {
    const created = await session({ allowed_origins: [product.url], return_url: `${product.url}/settings` });
    const { page, close, plain } = await customer({ javaScriptEnabled });
    const lookWithScript = async (what) => { if (!plain) await look(page, what); };
    await page.goto(created.auth_link_url);
    await heading(page, /^Connect an app to/);
    assert.match(new URL(page.url()).pathname, /^\/session\/\d+$/, "the address contains the token");
    await lookWithScript("providers");

    // Choose a category, then search with a typo.
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

    // A provider with two methods.
    await page.getByRole("link", { name: "Twilio" }).click();
    await heading(page, /How do you want to connect Twilio/);
    assert.equal(await page.locator(".methods li").count(), 2);
    await lookWithScript("methods");
    await page.locator(".methods a").last().click();
    await heading(page, /Connect Twilio to/);
    await page.getByRole("link", { name: "Choose a different app" }).click();
    await search("galdly");
    await page.getByRole("link", { name: "Gladly" }).click();
    await heading(page, /Connect Gladly to/);
    await lookWithScript("form");

    // An incomplete form is not sent to the provider.
    if (plain) await page.evaluate(() => document.querySelector("#_form").setAttribute("novalidate", ""));
    await fillIn(page, { organization_slug: "not a slug", agent_email: good.agent_email }, "sandbox");
    await connect(page);
    await page.getByText("Check these fields").waitFor();
    await lookWithScript("incomplete form");
    assert.equal(await field(page, "agent_email").inputValue(), good.agent_email);

    // The entered value is normalized, and the page shows the host.
    await fillIn(page, { organization_slug: "https://ACME.gladly.com/settings", agent_email: good.agent_email, api_token: "revoked-token" });
    if (!plain) {
      await page.getByText("We'll use acme").waitFor();
      await page.locator(".host strong", { hasText: "acme.gladly.com" }).waitFor();
    }
    await connect(page);

    // The provider rejects the credentials: the page shows the field, the step, the entered values and a reference for
    // support.
    await page.getByText(/Gladly didn't accept the Agent Email and API Token in Production/).waitFor();
    await lookWithScript("refused");
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
    assert.deepEqual([attempt.state, attempt.outcome, attempt.origin_owner_id], ["refused", "wrong_secret", created.origin_owner_id]);
    assert.ok(attempt.transcript.length > 0);
    const text = JSON.stringify(attempt);
    assert.ok(text.includes("401"), text);
    for (const hidden of ["revoked-token", btoa(`${good.agent_email}:revoked-token`)]) assert.ok(!text.includes(hidden), text);

    // Try again with the right token. The account must be confirmed first, and "no" leads back to the form.
    await field(page, "api_token").fill(good.api_token);
    await connect(page);
    await heading(page, "Is this the right account?");
    await page.getByText("Acme Outdoor").first().waitFor();
    await lookWithScript("confirmation");
    await answerQuestion(page, false);
    await heading(page, /Connect Gladly to/);
    assert.deepEqual((await api("GET", `/accounts?origin_owner_id=${created.origin_owner_id}`)).body, []);
    assert.equal(await field(page, "organization_slug").inputValue(), "acme");
    // All values are kept, including the secret, which no page shows.
    await page.locator("details.kept", { hasText: "Saved" }).waitFor();
    await connect(page);
    await heading(page, "Is this the right account?");
    await answerQuestion(page, true);
    await heading(page, "Acme Outdoor is connected");
    await lookWithScript("done");
    const { body: [account] } = await api("GET", `/accounts?origin_owner_id=${created.origin_owner_id}`);
    assert.deepEqual([account.status, account.provider, account.external_name], ["active", "gladly", "Acme Outdoor"]);
    assert.deepEqual(account.setup_information, { organization_slug: "acme", agent_email: good.agent_email });

    // A reload shows the same page. The person then returns to the product.
    await page.reload();
    await heading(page, "Acme Outdoor is connected");
    await page.getByRole("main").getByRole("link", { name: /Back to/ }).click();
    await page.waitForURL(`${product.url}/settings`);
    await close();
  });

  test(`the checks wait for a busy provider, ${how}`, async () => {
    const created = await session({ provider: "gladly" });
    const { page, close, plain } = await customer({ javaScriptEnabled });
    await page.goto(created.auth_link_url);
    await fillIn(page, { ...good, api_token: "flooded-token" });
    await connect(page);
    await heading(page, /Checking your Gladly connection/);
    // The checks wait for a few seconds. On a slow machine, the wait may already be over.
    const end = page.getByText(/limit of ten requests per second/);
    await page.locator(".checks .waiting").or(end).first().waitFor({ state: "attached" });
    const waits = await page.locator(".checks .waiting .how").allTextContents();
    for (const text of waits) assert.match(text, /is busy\. Trying again in \d+ s\./);
    if (waits.length === 0) console.log("the wait ended before it could be observed");
    await end.waitFor();
    // No field is at fault: the person can try again without entering anything.
    if (!plain) await look(page, "throttled");
    assert.equal(await page.locator('[aria-invalid="true"]').count(), 0);
    await page.locator("button[name=do][value=retry]").click();
    await heading(page, /Checking your Gladly connection/);
    await close();
  });

  test(`editing an account keeps its secrets, ${how}`, async () => {
    const account = await linkAccount();
    const { page, close } = await customer({ javaScriptEnabled });
    const created = await session({ ...account.owner, account_id: account.id });
    await page.goto(created.auth_link_url);
    await heading(page, "Edit your Gladly connection");
    assert.equal(await field(page, "organization_slug").inputValue(), "acme");
    await page.locator("details.kept", { hasText: "Saved" }).waitFor();
    if (javaScriptEnabled) await look(page, "edit");
    await connect(page);
    await heading(page, "Is this the right account?");
    await answerQuestion(page, true);
    await heading(page, "Acme Outdoor is connected again");
    const { body: after } = await api("GET", `/accounts/${account.id}`);
    assert.equal(after.version, 2);
    const { body: verified } = await api("POST", `/accounts/${account.id}/verify`);
    assert.equal(verified.outcome, "ok", "the kept token does not work");
    await close();
  });

  test(`changing the host requires entering the secrets again, and a different account is refused, ${how}`, async () => {
    const account = await linkAccount({ ...good, organization_slug: "acme.us-1", api_token: "region-token" });
    const { page, close } = await customer({ javaScriptEnabled });
    const created = await session({ ...account.owner, account_id: account.id });
    await page.goto(created.auth_link_url);
    await heading(page, "Edit your Gladly connection");
    await field(page, "organization_slug").fill("acme");
    // The script shows the secret's field as soon as the address changes. Only the Hub knows whether the host changed.
    if (javaScriptEnabled) assert.ok(await field(page, "api_token").isVisible(), "the secret's field is hidden");
    await connect(page);
    await page.getByText("The address has changed, so please enter this again.").waitFor();
    assert.equal(await field(page, "organization_slug").inputValue(), "acme");
    await field(page, "api_token").fill("other-token");
    await connect(page);
    await page.locator("#_summary").getByRole("heading", { name: "This is a different account" }).waitFor();
    assert.deepEqual(await page.locator("#_summary .who").allTextContents(), ["Acme West", "Acme Outdoor"]);
    if (javaScriptEnabled) await look(page, "another account");
    const { body: after } = await api("GET", `/accounts/${account.id}`);
    assert.deepEqual([after.version, after.external_name], [1, "Acme West"]);
    await close();
    await replaceAccount(account, javaScriptEnabled);
  });

  test(`the person is asked again after another tab or a colleague finds a different account, ${how}`, async () => {
    const created = await session({ provider: "gladly" });
    const { page, context, close } = await customer({ javaScriptEnabled });
    await page.goto(created.auth_link_url);
    await heading(page, /Connect Gladly to/);
    const second = await context.newPage();
    await second.goto(page.url());
    await fillIn(page);
    await connect(page);
    await heading(page, "Is this the right account?");
    // The form that was submitted last counts: the first tab shows its account instead of storing another one.
    await fillIn(second, { ...good, organization_slug: "acme.us-1", api_token: "region-token" });
    await connect(second);
    await heading(second, "Is this the right account?");
    await answerQuestion(page, true);
    await page.getByText("Acme West").waitFor();
    assert.deepEqual((await api("GET", `/accounts?origin_owner_id=${created.origin_owner_id}`)).body, []);

    // A colleague links a different account first.
    const { origin_owner_id, origin_owner_name } = created;
    const colleague = await customer({ javaScriptEnabled });
    await colleague.page.goto((await session({ provider: "gladly", origin_owner_id, origin_owner_name })).auth_link_url);
    await linkIn(colleague.page);
    await colleague.close();
    await answerQuestion(page, true);
    await heading(page, /Connect Gladly to|Edit your Gladly connection/);
    await page.locator("#_summary").getByRole("heading", { name: "This is a different account" }).waitFor();
    assert.deepEqual(await page.locator("#_summary .who").allTextContents(), ["Acme Outdoor", "Acme West"]);
    const { body: [account] } = await api("GET", `/accounts?origin_owner_id=${origin_owner_id}`);
    assert.deepEqual([account.version, account.external_name], [1, "Acme Outdoor"]);
    await close();
  });

  test(`a step can be handed off to someone else, ${how}`, async () => {
    const created = await session({ provider: "gladly" });
    const requester = await customer({ javaScriptEnabled });
    await requester.page.goto(created.auth_link_url);
    await fillIn(requester.page, { organization_slug: "acme" });
    await requester.page.locator(".hand summary").click();
    await requester.page.locator("[name=step][value=enter-credentials]").check();
    await requester.page.locator("button[value=handoff]").click();
    await heading(requester.page, "Send this link");
    if (javaScriptEnabled) await look(requester.page, "a link for someone else");
    const link = await requester.page.locator("#_link").inputValue();
    assert.ok((await requester.page.locator("#_message").inputValue()).includes(link));
    await requester.page.getByRole("link", { name: "Back to the form" }).click();
    await requester.page.getByText("Waiting for someone else").first().waitFor();

    const helper = await customer({ javaScriptEnabled });
    await helper.page.goto(link);
    await heading(helper.page, /needs your help with Gladly/);
    assert.ok(!helper.page.url().includes("wsh_"), "the address contains the token");
    assert.equal(await field(helper.page, "organization_slug").count(), 0, "the page shows fields of other steps");
    if (javaScriptEnabled) await look(helper.page, "help");
    await field(helper.page, "agent_email").fill(good.agent_email);
    await field(helper.page, "api_token").fill(good.api_token);
    await helper.page.getByRole("button", { name: "Send" }).click();
    await heading(helper.page, "Thanks, you're done");
    if (javaScriptEnabled) await look(helper.page, "thanks");
    assert.equal(await helper.page.locator("input").count(), 0);

    await requester.page.reload();
    await requester.page.getByText("Received").first().waitFor();
    const seen = await requester.page.content();
    // The guide shows the same address as a placeholder.
    assert.ok(!seen.replaceAll(`placeholder="${good.agent_email}"`, "").includes(good.agent_email), "the form shows a value that someone else entered");
    assert.equal(await field(requester.page, "agent_email").inputValue(), "");
    assert.equal(await field(requester.page, "organization_slug").inputValue(), "acme");
    if (javaScriptEnabled) await look(requester.page, "a completed step");
    await connect(requester.page);
    await heading(requester.page, "Is this the right account?");
    await answerQuestion(requester.page, true);
    await heading(requester.page, "Acme Outdoor is connected");
    // The link cannot be used again.
    await helper.page.goto(link);
    assert.equal(await field(helper.page, "api_token").count(), 0);
    await requester.close();
    await helper.close();
  });
}

test("a wrong value looks wrong before anything is sent, and a right one does not", async () => {
  const { page, close } = await customer();
  const sent = [];
  page.on("request", (request) => { if (request.method() === "POST") sent.push([new URL(request.url()).pathname, request.postData() ?? ""]); });
  await page.goto((await session({ provider: "gladly" })).auth_link_url);
  const error = (key) => page.locator(`[id="error--${key}"]`);
  const isInvalid = async (key) => (await field(page, key).getAttribute("aria-invalid")) === "true";
  const isDone = (step) => page.evaluate((id) => document.getElementById(id).classList.contains("done"), step);
  const isDescribed = async (key) => (await field(page, key).getAttribute("aria-describedby")).split(" ").includes(`error--${key}`);

  // While a person types, the page reports nothing. After the field loses focus, it does.
  await field(page, "agent_email").pressSequentially("nonsense");
  await page.waitForResponse(/\/preview$/).then((response) => response.finished());
  assert.equal(await error("agent_email").textContent(), "");
  await field(page, "agent_email").blur();
  await page.getByText("must be a full email address").waitFor();
  assert.ok(await isInvalid("agent_email") && await isDescribed("agent_email"));
  assert.equal(await error("agent_email").locator("strong").textContent(), "Agent Email");
  await field(page, "api_token").fill("Bearer abc def");
  assert.equal(await error("api_token").textContent(), "");
  await field(page, "api_token").blur();
  await error("api_token").getByText("Remove \"Bearer\"").waitFor();
  assert.ok(await isInvalid("api_token") && await isDescribed("api_token"));
  assert.deepEqual(await Promise.all(["create-token", "enter-credentials"].map(isDone)), [false, false]);
  await look(page, "wrong values");

  // Pressing the button lists the problems and focuses the first field, and nothing is sent.
  await connect(page);
  await page.locator("#_summary", { hasText: "Check these fields" }).waitFor();
  assert.deepEqual(await page.locator("#_summary a").allTextContents(), ["Environment", "Organization Slug", "Agent Email", "API Token"]);
  assert.equal(await page.evaluate(() => document.activeElement.name), "environment");
  assert.equal(await error("organization_slug").textContent(), "Organization Slug is required.");
  await page.getByText("Choose one of these first.").waitFor();
  await look(page, "problems found in the page");
  assert.deepEqual(sent.filter(([path]) => !path.endsWith("/preview")), []);
  assert.ok(sent.every(([, body]) => !body.includes("Bearer")));

  // Each problem disappears as soon as its value is right, and the steps are then marked as done.
  await page.locator("[name=environment][value=production]").check();
  await page.getByText("Choose one of these first.").waitFor({ state: "detached" });
  await field(page, "organization_slug").fill("acme");
  await field(page, "api_token").fill(good.api_token);
  assert.ok(!(await isInvalid("api_token")));
  await field(page, "agent_email").fill(good.agent_email);
  await page.waitForFunction(() => document.querySelector("[aria-invalid=true]") === null);
  assert.ok(await isDone("create-token"));
  await connect(page);
  await heading(page, "Is this the right account?");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1");
  await close();
});

/** Replaces an account with a different one, in a session that allows it. The person confirms the replacement first. */
async function replaceAccount(account, javaScriptEnabled) {
  const { page, close } = await customer({ javaScriptEnabled });
  const created = await session({ ...account.owner, account_id: account.id, allow_different: true });
  await page.goto(created.auth_link_url);
  await field(page, "organization_slug").fill("acme");
  await field(page, "organization_slug").press("Tab");
  // Without JavaScript, the field does not open by itself.
  if (!javaScriptEnabled) await page.locator(".kept summary").click();
  await field(page, "api_token").fill("other-token");
  await connect(page);
  await heading(page, "This is a different account");
  assert.match(await page.textContent("main"), /Acme West[^]*Acme Outdoor/);
  if (javaScriptEnabled) await look(page, "replacing the account");
  await page.getByRole("button", { name: "Yes, replace the account" }).click();
  await heading(page, /is connected/);
  const { body: after } = await api("GET", `/accounts/${account.id}`);
  assert.deepEqual([after.version, after.external_name], [2, "Acme Outdoor"]);
  await close();
}

/** Links an account for a new owner. */
async function linkAccount(credentials = good) {
  const created = await session({ provider: "gladly" });
  const response = await fetch(`${hub}/hub/accounts`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-session-token": created.token },
    body: JSON.stringify({ integration_id: "gladly.api-key", credentials: { ...credentials, environment: "production" } }),
  });
  assert.equal(response.status, 201);
  const { origin_owner_id, origin_owner_name } = created;
  return { id: (await response.json()).id, owner: { origin_owner_id, origin_owner_name } };
}

/**
 * Presses a button slowly near its upper edge, as a finger does. Releases the button only after the promise from `wait`
 * has resolved.
 */
async function press(page, button, wait) {
  await button.scrollIntoViewIfNeeded();
  const { x, y, width } = await button.boundingBox();
  await page.mouse.move(x + width / 2, y + 3);
  const waited = wait();
  await page.mouse.down();
  await waited;
  await page.mouse.up();
}

test("a button does not move while it is pressed", async () => {
  const { page, close } = await customer();
  const button = page.locator("button[name=do][value=connect]");

  // A field's message appears when the field loses focus: here, while the button is pressed.
  await page.goto((await session({ provider: "gladly" })).auth_link_url);
  await page.locator("[name=environment][value=production]").check();
  await field(page, "organization_slug").pressSequentially("not a slug");
  const before = await page.waitForResponse(/\/preview$/);
  assert.equal(before.status(), 200);
  await press(page, button, () => page.waitForResponse(/\/preview$/).then((response) => response.finished()).then(() => page.waitForTimeout(100)));
  await page.getByText("Check these fields").waitFor();

  // Changing the host adds the field for the secret to the form.
  const account = await linkAccount();
  await page.goto((await session({ ...account.owner, account_id: account.id })).auth_link_url);
  await field(page, "organization_slug").clear();
  await field(page, "organization_slug").pressSequentially("acme.us-1");
  await press(page, button, () => page.waitForTimeout(300));
  await page.getByText("The address has changed, so please enter this again.").waitFor();
  await close();
});

test("only a person who handed off a step can continue after the session has ended", async () => {
  const created = await session({ provider: "gladly", expires_in: 15 });
  const [requester, helper, late] = [await customer(), await customer(), await customer()];
  await requester.page.goto(created.auth_link_url);
  await fillIn(requester.page, { organization_slug: "acme" });
  await requester.page.locator(".hand summary").click();
  await requester.page.locator("[name=step][value=enter-credentials]").check();
  await requester.page.locator("button[value=handoff]").click();
  const link = await requester.page.locator("#_link").inputValue();
  const until = requester.page.locator("time");
  assert.ok(Date.parse(await until.getAttribute("datetime")) > Date.now() + 71 * 3600_000);
  assert.ok(!(await until.textContent()).includes("UTC"), "the time must be in the local time zone");
  const { expires_at } = (await api("GET", `/connect_sessions/${created.id}`)).body;
  await new Promise((ready) => setTimeout(ready, Date.parse(expires_at) - Date.now() + 50));

  await late.page.goto(created.auth_link_url);
  await heading(late.page, "This link has expired");
  const refused = await fetch(`${hub}/hub/connectors`, { headers: { "x-hub-session-token": created.token } });
  assert.equal(refused.status, 401);
  await helper.page.goto(link);
  await field(helper.page, "agent_email").fill(good.agent_email);
  await field(helper.page, "api_token").fill(good.api_token);
  await helper.page.getByRole("button", { name: "Send" }).click();
  await heading(helper.page, "Thanks, you're done");
  // The browser that opened the link earlier can still use it.
  await requester.page.goto(created.auth_link_url);
  await connect(requester.page);
  await answerQuestion(requester.page, true);
  await heading(requester.page, "Acme Outdoor is connected");
  for (const browser of [requester, helper, late]) await browser.close();
});

test("a guide omits the steps for scopes that the session does not request", async () => {
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

test("a single-use link opens in one browser, which can open it again", async () => {
  const created = await session({ provider: "gladly", single_use: true });
  const first = await customer();
  await first.page.goto(created.auth_link_url);
  await heading(first.page, /Connect Gladly to/);
  await first.page.goto("about:blank");
  await first.page.goto(created.auth_link_url);
  await heading(first.page, /Connect Gladly to/);
  const second = await customer();
  const response = await second.page.goto(created.auth_link_url);
  assert.equal(response.status(), 410);
  await heading(second.page, "This link has already been used");
  await look(second.page, "used");
  // The first browser's session page does not open in the second browser.
  await second.page.goto(first.page.url());
  await heading(second.page, "There's nothing to connect here");
  await look(second.page, "no session");
  await first.close();
  await second.close();
});

test("previews and prefetching do not use up a single-use link", async () => {
  const created = await session({ provider: "gladly", single_use: true });
  for (const options of [{}, { method: "HEAD" }, { headers: { purpose: "prefetch" } }]) {
    const response = await fetch(created.auth_link_url, { redirect: "manual", ...options });
    assert.ok(response.ok);
    assert.equal(response.headers.get("set-cookie"), null);
  }
  const { page, close } = await customer();
  await page.goto(created.auth_link_url);
  await heading(page, /Connect Gladly to/);
  await close();
});

test("a browser that sends no Fetch Metadata headers gets a button, with and without JavaScript", async () => {
  for (const [javaScriptEnabled, locale, button] of [[false, "en", "Continue"], [true, "de", "Weiter"]]) {
    const created = await session({ provider: "gladly", single_use: true });
    const context = await chromium.newContext({ javaScriptEnabled, locale });
    const page = await context.newPage();
    // Browsers send no Fetch Metadata headers over plain HTTP, except to the local machine.
    await page.goto(created.auth_link_url.replace("//127.0.0.1", "//hub.lan"));
    await heading(page, locale === "en" ? /^Connect an account to/ : /^Konto mit .* verbinden$/);
    assert.deepEqual(await context.cookies(), []);
    if (javaScriptEnabled) await look(page, "a single-use link");
    await page.getByRole("button", { name: button }).click();
    await heading(page, locale === "en" ? /^Connect Gladly to/ : /^Gladly mit/);
    // The same browser can open the link again. Other browsers cannot.
    await page.goto(created.auth_link_url.replace("//127.0.0.1", "//hub.lan"));
    await heading(page, locale === "en" ? /^Connect Gladly to/ : /^Gladly mit/);
    assert.equal((await fetch(created.auth_link_url, { redirect: "manual" })).status, 410);
    await context.close();
  }
});

test("an expired or revoked link cannot be used, even by an open page", async () => {
  const { page, close } = await customer();
  const short = await session({ provider: "gladly", expires_in: 1 });
  await page.waitForTimeout(1200);
  assert.equal((await page.goto(short.auth_link_url)).status(), 410);
  await heading(page, "This link has expired");
  await look(page, "expired");
  const revoked = await session({ provider: "gladly", allowed_origins: [product.url], return_url: `${product.url}/settings` });
  await page.goto(revoked.auth_link_url);
  await fillIn(page);
  assert.equal((await api("DELETE", `/connect_sessions/${revoked.id}`)).status, 204);
  await connect(page);
  await heading(page, "This link is no longer valid");
  await look(page, "revoked");
  assert.equal(await page.getByRole("main").getByRole("link", { name: /Back to/ }).getAttribute("href"), `${product.url}/settings`);
  await page.goto(revoked.auth_link_url);
  await heading(page, "This link is no longer valid");
  assert.equal((await page.goto(`${hub}/link/wst_guess`)).status(), 404);
  await close();
});

test("the pages are in German if the browser or the session requests it", async () => {
  for (const [options, more] of [[{ locale: "de-AT" }, {}], [{}, { language: "de" }]]) {
    const { page, close } = await customer(options);
    await page.goto((await session({ provider: "gladly", ...more })).auth_link_url);
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    await page.getByRole("button", { name: "Verbinden" }).waitFor();
    await look(page, "the form in German");
    await fillIn(page, { ...good, api_token: "revoked-token" });
    await connect(page);
    await page.getByText("Diese Zugangsdaten wurden abgelehnt").first().waitFor();
    // The guide's text stays in its own language, and its `lang` attribute says so.
    await page.locator('#_summary [lang="en"]', { hasText: "Gladly didn't accept" }).waitFor();
    await close();
  }
});

test("a person can link an account with only the keyboard", async () => {
  const { page, close } = await customer();
  await page.goto((await session()).auth_link_url);
  const focused = () => page.evaluate(() => { const element = document.activeElement; return `${element.localName} ${element.name ?? ""} ${element.value ?? ""} ${element.textContent.trim().slice(0, 40)}`; });
  const moveTo = async (pattern, key = "Tab") => {
    for (let i = 0; i < 80; i += 1) {
      if (pattern.test(await focused())) return;
      await page.keyboard.press(key);
    }
    assert.fail(`${pattern} cannot be reached; focus is on ${await focused()}`);
  };
  await moveTo(/^input q/);
  await page.keyboard.type("gladly");
  await page.keyboard.press("Enter");
  await heading(page, /Connect Gladly to/);
  await moveTo(/^input environment/);
  await page.keyboard.press("Space");
  await moveTo(/^input environment production/, "ArrowDown");
  await page.keyboard.press("Space");
  for (const [key, value] of Object.entries({ ...good, api_token: "revoked-token" })) {
    await moveTo(new RegExp(`^input field\\.${key} `));
    await page.keyboard.type(value);
  }
  await page.keyboard.press("Enter");
  // Focus is on the failure summary, which links to the field.
  await page.getByText(/Gladly didn't accept/).waitFor();
  await moveTo(/^a .*API Token/);
  await page.keyboard.press("Enter");
  await moveTo(/^input field\.api_token/, "F24");
  await page.keyboard.type(good.api_token);
  await moveTo(/^button do connect/);
  await page.keyboard.press("Enter");
  await heading(page, "Is this the right account?");
  await moveTo(/^button do yes/);
  await page.keyboard.press("Enter");
  await heading(page, "Acme Outdoor is connected");
  await close();
});

test("the first load of a page transfers at most 30 KB, and a reload transfers less", async () => {
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
    assert.ok(bytes < 15 * 1024, `${bytes} bytes on reload`);
    await close();
  }
});
