// Tests signing in to a provider in a browser: on our pages, and in the separate window that StackOne's widget opens.
//
//   HUB_URL=… HUB_KEY=… node --test hub/signin.mjs

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { look } from "./look.mjs";
import { api, browser, host, hub, session } from "./world.mjs";

let chromium;
let profile;
before(async () => {
  chromium = await browser();
  const { status, body } = await api("POST", "/connector_profiles", {
    provider: "salesforce", method: "oauth", name: "Salesforce",
    values: { client_id: "example-app", client_secret: "example-secret" },
  });
  assert.equal(status, 201, JSON.stringify(body));
  profile = body.id;
});
after(async () => { await chromium.close(); });

test("a connector profile shows its values, but no secret", async () => {
  const { body } = await api("GET", `/connector_profiles/${profile}`);
  assert.deepEqual([body.values, body.secret_fields], [{ client_id: "example-app" }, ["client_secret"]]);
  const { status, body: refused } = await api("POST", "/connector_profiles", { provider: "salesforce", method: "oauth" });
  assert.deepEqual([status, refused.code], [400, "invalid_value"]);
});

test("the callback URL in a setup guide can be copied", async () => {
  const context = await chromium.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const tab = await context.newPage();
  await tab.goto(`${hub}/guides/salesforce/oauth?audience=setup`);
  await tab.getByRole("button", { name: "Copy", exact: true }).click();
  await tab.getByRole("button", { name: "Copied", exact: true }).waitFor();
  const copied = await tab.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, `${hub}/connect/oauth2/salesforce/callback`);
  await context.close();
});

/** Presses the button on the page that names the customer, in the window that StackOne's widget opened. */
async function continueIn(popup, customer) {
  await popup.getByText("Continue only if you started this yourself").waitFor();
  assert.match(await popup.textContent("main"), new RegExp(`Connect Salesforce to [^]* on behalf of ${customer}\\.`));
  await popup.getByRole("button", { name: "Continue to Salesforce" }).click();
}

test("a person signs in to the provider and returns to the pages", async () => {
  const created = await session({ connector_profile_id: profile });
  const context = await chromium.newContext();
  const tab = await context.newPage();
  const requests = [];
  tab.on("request", (request) => requests.push(request.url()));
  await tab.goto(created.auth_link_url);
  await tab.locator("[name=environment][value=production]").check({ force: true });
  await tab.getByText(`for ${created.origin_owner_name}.`).waitFor();
  await tab.locator("button[value=connect]").click();
  await tab.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  await tab.locator("button[value=yes]").waitFor();
  assert.match(await tab.textContent("main"), /acme\.my\.salesforce\.com/);
  await tab.locator("button[value=yes]").click();
  await tab.waitForURL(/\/done$/);
  const { body: [account] } = await api("GET", `/accounts?origin_owner_id=${created.origin_owner_id}`);
  assert.deepEqual([account.provider, account.status, account.connector_profile_id], ["salesforce", "active", profile]);
  assert.deepEqual(account.setup_information, { instance: "acme.my" });
  const authorize = requests.find((url) => url.includes("/services/oauth2/authorize"));
  assert.match(authorize, /code_challenge_method=S256/);
  assert.ok(!requests.join(" ").includes("example-secret"));
  const { body: verified } = await api("POST", `/accounts/${account.id}/verify`);
  assert.equal(verified.outcome, "ok", "the stored tokens do not work");
  const proxied = await api("GET", `/accounts/${account.id}/proxy/services/data/v62.0/`);
  assert.equal(proxied.status, 200);
  // A session for the account opens the form of its own method, without a choice.
  const { origin_owner_id, origin_owner_name } = created;
  const edit = await session({ account_id: account.id, origin_owner_id, origin_owner_name });
  await tab.goto(edit.auth_link_url);
  await tab.getByRole("heading", { name: "Edit your Salesforce connection" }).waitFor();
  assert.equal(await tab.getByRole("link", { name: "Choose a different app" }).count(), 0);
  await context.close();
});

test("a person who denies access returns to the form and can try again", async () => {
  const created = await session({ connector_profile_id: profile });
  const context = await chromium.newContext();
  const tab = await context.newPage();
  await tab.goto(created.auth_link_url);
  await tab.locator("[name=environment][value=production]").check({ force: true });
  await tab.locator("button[value=connect]").click();
  await tab.getByRole("link", { name: "Deny access" }).click();
  await tab.getByText(/wasn't approved/).first().waitFor();
  await tab.locator("button[value=connect]").click();
  await tab.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  await tab.locator("button[value=yes]").waitFor();
  await context.close();
});

test("two sign-ins in one browser both finish", async () => {
  const context = await chromium.newContext();
  const tabs = [];
  for (let at = 0; at < 2; at += 1) {
    const tab = await context.newPage();
    await tab.goto((await session({ connector_profile_id: profile })).auth_link_url);
    await tab.locator("[name=environment][value=production]").check({ force: true });
    await tab.locator("button[value=connect]").click();
    await tab.getByRole("link", { name: "a successful sign-in", exact: true }).waitFor();
    tabs.push(tab);
  }
  for (const tab of tabs) {
    await tab.getByRole("link", { name: "a successful sign-in", exact: true }).click();
    await tab.locator("button[value=yes]").click();
    await tab.waitForURL(/\/done$/);
  }
  await context.close();
});

test("a person can go back from the provider and continue again", async () => {
  const created = await session({ connector_profile_id: profile });
  const context = await chromium.newContext();
  const tab = await context.newPage();
  await tab.goto(await addressInTheWidget(created));
  await continueIn(tab, created.origin_owner_name);
  await tab.getByRole("link", { name: "a successful sign-in", exact: true }).waitFor();
  await tab.goBack();
  await continueIn(tab, created.origin_owner_name);
  await tab.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  await tab.getByText(/You're signed in/).waitFor();
  assert.match(await tab.textContent("main"), new RegExp(`Salesforce to connect it to .* for ${created.origin_owner_name}`));
  // The page that began the sign-in now reports that the sign-in is over.
  await tab.goBack();
  await tab.goBack();
  await tab.reload();
  await tab.getByRole("heading", { name: "This sign-in is over" }).waitFor();
  await context.close();
});

/** Starts a sign-in as StackOne's widget does, and returns the address that the widget opens. */
async function addressInTheWidget(created) {
  const response = await fetch(`${hub}/hub/connection_attempts`, {
    method: "POST", headers: { "content-type": "application/json", "x-hub-session-token": created.token }, body: "{}",
  });
  const { id } = await response.json();
  return `${hub}/connect/oauth2/${profile}?environment=production&token=${created.token}&connection_attempt_id=${id}`;
}

test("a double click that began on another page does not continue to the provider", async () => {
  const context = await chromium.newContext();
  const tab = await context.newPage();
  // The clock is controlled, so the button becomes active only when the test advances the time.
  await tab.clock.install();
  await tab.goto(await addressInTheWidget(await session({ connector_profile_id: profile })));
  const button = tab.getByRole("button", { name: "Continue to Salesforce" });
  await tab.clock.pauseAt(Date.now() + 60_000);
  assert.ok(await button.isEnabled());
  await tab.evaluate(() => { dispatchEvent(new Event("focus")); });
  assert.ok(await button.isDisabled());
  await tab.clock.fastForward(500);
  assert.ok(await button.isEnabled());
  await context.close();
});

test("nobody signs in for someone else by opening an address or another site", async () => {
  const created = await session({ connector_profile_id: profile });
  const address = await addressInTheWidget(created);
  const inPages = await session({ connector_profile_id: profile, allowed_origins: ["http://127.0.0.1:1"] });
  const ticket = await ticketOf(inPages);
  const form = (action, fields) => `<!doctype html><form method="post" action="${action}">${Object.entries(fields).map(
    ([name, value]) => `<input name="${name}" value="${value}">`).join("")}</form><script>document.forms[0].submit()</script>`;
  const elsewhere = await host({
    "/link": `<!doctype html><script>location = ${JSON.stringify(address)}</script>`,
    "/form": form(address.replaceAll("&", "&amp;"), { csrf: "0".repeat(32) }),
    "/ticket": form(`${hub}/connect/oauth2/leave`, { ticket }),
    "/frame": `<!doctype html><iframe src="${address.replaceAll("&", "&amp;")}"></iframe>`,
    "/prefetch": `<!doctype html><link rel="prefetch" href="${address.replaceAll("&", "&amp;")}">
      <img src="${address.replaceAll("&", "&amp;")}">`,
  });
  // This person has previously agreed to sign in, so the browser has the form's cookie.
  const victim = await chromium.newContext();
  const tab = await victim.newPage();
  const left = [];
  victim.on("request", (request) => { if (request.url().includes("/services/oauth2/")) left.push(request.url()); });
  await tab.goto(address);
  await tab.getByRole("button", { name: "Continue to Salesforce" }).waitFor();
  for (const [path, customer] of [["/link", created], ["/form", created], ["/ticket", inPages]]) {
    await tab.goto(elsewhere.site + path);
    await tab.getByText(`on behalf of ${customer.origin_owner_name}.`).waitFor();
  }
  for (const path of ["/frame", "/prefetch"]) {
    await tab.goto(elsewhere.site + path, { waitUntil: "networkidle" });
    for (const frame of tab.frames()) assert.equal(await frame.getByText("Salesforce").count(), 0, path);
  }
  assert.deepEqual(left, []);
  await victim.close();
  elsewhere.close();
});

test("the pages around a sign-in are accessible and fit phones", async () => {
  const context = await chromium.newContext();
  const tab = await context.newPage();
  const created = await session({ connector_profile_id: profile });
  const address = await addressInTheWidget(created);
  await tab.goto(address);
  await tab.getByRole("button", { name: "Continue to Salesforce" }).waitFor();
  await look(tab, "the page before a sign-in");
  await tab.getByRole("button", { name: "Continue to Salesforce" }).click();
  await tab.getByRole("link", { name: "Deny access" }).click();
  await tab.getByRole("heading", { name: /wasn't approved/ }).waitFor();
  await look(tab, "the page after a denied sign-in");
  await tab.goto(await addressInTheWidget(await session({ connector_profile_id: profile })));
  await tab.getByRole("button", { name: "Continue to Salesforce" }).click();
  await tab.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  await tab.getByText(/You're signed in/).waitFor();
  await look(tab, "the page after a sign-in");
  await tab.goto(address);
  await tab.getByRole("heading", { name: "This sign-in is over" }).waitFor();
  await look(tab, "a sign-in that is over");

  // In a frame, a page waits while the sign-in runs in a separate window.
  const framed = await session({ connector_profile_id: profile, allowed_origins: ["http://127.0.0.1:1"] });
  await tab.goto(`${framed.auth_link_url}?parent=http://127.0.0.1:1`);
  await look(tab, "the embedded form before a sign-in");
  await tab.locator("[name=environment][value=production]").check({ force: true });
  await tab.locator("button[value=connect]").click();
  await tab.getByRole("button", { name: "Open Salesforce" }).waitFor();
  await look(tab, "the page that waits for a sign-in");
  await context.close();
});

/** Opens the form as the page of a frame, and returns the ticket that its waiting page contains. */
async function ticketOf(created) {
  const context = await chromium.newContext();
  const tab = await context.newPage();
  await tab.goto(`${created.auth_link_url}?parent=http://127.0.0.1:1`);
  await tab.locator("[name=environment][value=production]").check({ force: true });
  await tab.locator("button[value=connect]").click();
  const ticket = await tab.locator("[name=ticket]").getAttribute("value");
  await context.close();
  return ticket;
}

test("the callback works once, and only in the browser that started the sign-in", async () => {
  const created = await session({ connector_profile_id: profile });
  const context = await chromium.newContext();
  const tab = await context.newPage();
  let callback;
  tab.on("request", (request) => { if (request.url().includes("/callback?")) callback = request.url(); });
  await tab.goto(created.auth_link_url);
  await tab.locator("[name=environment][value=production]").check({ force: true });
  await tab.locator("button[value=connect]").click();
  const choice = await tab.getByRole("link", { name: "a successful sign-in", exact: true }).getAttribute("href");
  const otherBrowser = await (await chromium.newContext()).newPage();
  await otherBrowser.goto(new URL(choice, tab.url()).href);
  assert.match(await otherBrowser.title(), /another browser/i);
  await tab.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  await tab.locator("button[value=yes]").waitFor();
  await tab.goto(callback);
  assert.equal(await tab.locator("button[value=yes]").count(), 0);
  const { body: accounts } = await api("GET", `/accounts?origin_owner_id=${created.origin_owner_id}`);
  assert.deepEqual(accounts, [], "an account was stored without confirmation");
  await context.close();
});

test("StackOne's widget opens a separate window for sign-in, even in a single-use session", async () => {
  const created = await session({ connector_profile_id: profile, single_use: true });
  const server = await host({
    "/": `<!doctype html><html lang="en"><title>Embeds the widget</title><body><script src="/webcomponent.js"></script>
      <stackone-hub token="${created.token}" base-url="${hub}" app-url="http://127.0.0.1:1"></stackone-hub>
      <script>
        globalThis.fired = [];
        document.querySelector("stackone-hub").addEventListener("success", (event) => fired.push(event.detail));
      </script>`,
  });
  const tab = await (await chromium.newContext()).newPage();
  await tab.goto(server.url);
  const connect = tab.getByRole("button", { name: "Connect", exact: true });
  const [popup] = await Promise.all([tab.waitForEvent("popup"), connect.click()]);
  await continueIn(popup, created.origin_owner_name);
  await popup.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  await popup.getByText(/You're signed in/).waitFor();
  assert.ok(!popup.url().includes(created.token));
  await tab.getByText(/Connection Successful/i).waitFor();
  const [{ id }] = await tab.evaluate(() => globalThis.fired);
  assert.equal((await api("GET", `/accounts/${id}`)).body.status, "active");
  const again = await fetch(`${hub}/hub/connectors`, { headers: { "x-hub-session-token": created.token } });
  assert.equal(again.status, 401);
  server.close();
});

test("StackOne's widget shows that access was denied", async () => {
  const created = await session({ connector_profile_id: profile });
  const server = await host({
    "/": `<!doctype html><html lang="en"><title>Embeds the widget</title><body><script src="/webcomponent.js"></script>
      <stackone-hub token="${created.token}" base-url="${hub}"></stackone-hub>`,
  });
  const tab = await (await chromium.newContext()).newPage();
  await tab.goto(server.url);
  const [popup] = await Promise.all([tab.waitForEvent("popup"), tab.getByRole("button", { name: "Connect", exact: true }).click()]);
  await continueIn(popup, created.origin_owner_name);
  await popup.getByRole("link", { name: "Deny access" }).click();
  await tab.getByText(/Access to Salesforce wasn't approved/).waitFor();
  server.close();
});
