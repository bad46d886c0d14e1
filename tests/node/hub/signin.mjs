// Tests signing in to a provider in a browser: on our pages, and in the separate window that StackOne's widget opens.
//
//   HUB_URL=… HUB_KEY=… node --test hub/signin.mjs

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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

test("a person signs in to the provider and returns to the pages", async () => {
  const created = await session({ connector_profile_id: profile });
  const context = await chromium.newContext();
  const tab = await context.newPage();
  const requests = [];
  tab.on("request", (request) => requests.push(request.url()));
  await tab.goto(created.auth_link_url);
  await tab.locator("[name=environment][value=production]").check({ force: true });
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

test("StackOne's widget opens a separate window for sign-in", async () => {
  const created = await session({ connector_profile_id: profile });
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
  await popup.getByRole("link", { name: "a successful sign-in", exact: true }).click();
  await popup.getByText(/You're signed in/).waitFor();
  assert.ok(!popup.url().includes(created.token));
  await tab.getByText(/Connection Successful/i).waitFor();
  const [{ id }] = await tab.evaluate(() => globalThis.fired);
  assert.equal((await api("GET", `/accounts/${id}`)).body.status, "active");
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
  await popup.getByRole("link", { name: "Deny access" }).click();
  await tab.getByText(/Access to Salesforce wasn't approved/).waitFor();
  server.close();
});
