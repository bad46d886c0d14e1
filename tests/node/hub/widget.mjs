// Tests StackOne's unmodified widget from npm against a running Hub: listing, linking, a refusal, and editing.
//
//   HUB_URL=… HUB_KEY=… node --test hub/widget.mjs

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, browser, good, host, hub, session } from "./world.mjs";

let chromium;
before(async () => { chromium = await browser(); });
after(async () => { await chromium.close(); });

/** Opens the widget in a page on another origin. Returns the page with the widget's requests and events. */
async function widget(token, more = "") {
  const server = await host({
    "/": `<!doctype html><html lang="en"><title>Embeds the widget</title><body><script src="/webcomponent.js"></script>
      <stackone-hub token="${token}" base-url="${hub}" ${more}></stackone-hub>
      <script>
        globalThis.fired = [];
        const element = document.querySelector("stackone-hub");
        for (const name of ["success", "close"]) element.addEventListener(name, (event) => fired.push([name, event.detail]));
      </script>`,
  });
  const tab = await chromium.newPage();
  const requests = [];
  tab.on("request", (request) => {
    if (request.url().startsWith(hub + "/hub/")) requests.push(`${request.method()} ${request.url().slice(hub.length)}`);
  });
  await tab.goto(server.url);
  return { tab, requests, fired: () => tab.evaluate(() => globalThis.fired), close: async () => { await tab.close(); server.close(); } };
}

async function fill(tab, values) {
  for (const [name, value] of Object.entries(values)) await tab.locator(`[name=${name}]`).fill(value);
}

const connect = (tab) => tab.getByRole("button", { name: "Connect", exact: true });

test("with an unknown token, the widget shows that no integrations are available", async () => {
  const { tab, close } = await widget("wst_guess");
  await tab.getByText("No configured integrations available").waitFor();
  await close();
});

test("the widget lists only what the session allows", async () => {
  const { token } = await session({ categories: ["hris"] });
  const { tab, close } = await widget(token);
  await tab.getByRole("button", { name: /BambooHR/ }).waitFor();
  assert.equal(await tab.getByRole("button", { name: /Gladly/ }).count(), 0);
  await close();
});

test("an account can be linked and is stored", async () => {
  const created = await session({ metadata: { plan: "gold" }, label: "Support desk" });
  const { tab, requests, fired, close } = await widget(created.token);
  await tab.getByPlaceholder(/search/i).fill("glad");
  await tab.getByRole("button", { name: /Gladly/ }).click();
  await fill(tab, { ...good, organization_slug: "https://acme.gladly.com/" });
  await connect(tab).click();
  await tab.getByText(/Connection Successful/i).waitFor();
  const [[name, detail]] = await fired();
  assert.equal(name, "success");
  assert.equal(detail.provider, "gladly");
  const { body: account } = await api("GET", `/accounts/${detail.id}`);
  assert.equal(account.status, "active");
  assert.equal(account.origin_owner_id, created.origin_owner_id);
  assert.equal(account.external_name, "Acme Outdoor");
  assert.deepEqual(account.setup_information, { organization_slug: "acme", agent_email: good.agent_email });
  assert.deepEqual([account.metadata, account.label], [{ plan: "gold" }, "Support desk"]);
  assert.ok(!JSON.stringify(account).includes(good.api_token));
  assert.equal(requests.filter((request) => request.startsWith("POST ")).length, 1);
  await close();
});

test("a refusal by the provider is shown, and no account is stored", async () => {
  const created = await session({ provider: "gladly" });
  const { tab, fired, close } = await widget(created.token);
  await fill(tab, { ...good, api_token: "revoked-token" });
  await connect(tab).click();
  await tab.getByText(/Gladly didn't accept the Agent Email and API Token in Production/).waitFor();
  await tab.getByRole("button", { name: "Expand" }).click();
  await tab.getByText(/HTTP 401/).waitFor();
  assert.deepEqual(await fired(), []);
  const { body: accounts } = await api("GET", `/accounts?origin_owner_id=${created.origin_owner_id}`);
  assert.deepEqual(accounts, []);
  // After the refusal, the widget clears its form. After the values are entered again, linking succeeds.
  await fill(tab, good);
  await connect(tab).click();
  await tab.getByText(/Connection Successful/i).waitFor();
  await close();
});

test("a single-use session links one account after a refusal, and its token then opens nothing", async () => {
  const created = await session({ provider: "gladly", single_use: true });
  const { tab, fired, close } = await widget(created.token);
  await fill(tab, { ...good, api_token: "revoked-token" });
  await connect(tab).click();
  await tab.getByText(/Gladly didn't accept the Agent Email and API Token in Production/).waitFor();
  await fill(tab, good);
  await connect(tab).click();
  await tab.getByText(/Connection Successful/i).waitFor();
  assert.deepEqual((await fired()).map(([name]) => name), ["success"]);
  const again = await widget(created.token);
  await again.tab.getByText("No configured integrations available").waitFor();
  await again.tab.goto(created.auth_link_url);
  await again.tab.getByText("This link has already been used").waitFor();
  assert.equal(await tab.getByText(/Connection Successful/i).count(), 1);
  await again.close();
  await close();
});

test("an incomplete email address is not sent, and the form keeps what was entered", async () => {
  const { token } = await session({ provider: "gladly" });
  const { tab, requests, close } = await widget(token);
  await fill(tab, { ...good, agent_email: "api-user" });
  assert.equal(await connect(tab).isDisabled(), true);
  assert.equal(await tab.locator("[name=api_token]").inputValue(), good.api_token);
  await fill(tab, { agent_email: ` ${good.agent_email} ` });
  await connect(tab).click();
  await tab.getByText(/Connection Successful/i).waitFor();
  assert.equal(requests.filter((request) => request.startsWith("POST ")).length, 1);
  await close();
});

/** Links an account for a new owner. */
async function linkAccount() {
  const created = await session({ provider: "gladly" });
  const response = await fetch(`${hub}/hub/accounts`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-session-token": created.token },
    body: JSON.stringify({ integration_id: "gladly.api-key", credentials: { ...good, environment: "production" } }),
  });
  assert.equal(response.status, 201);
  return { id: (await response.json()).id, owner: created.origin_owner_id, name: created.origin_owner_name };
}

test("editing an account keeps its secrets and does not show them", async () => {
  const account = await linkAccount();
  const { token } = await session({
    origin_owner_id: account.owner, origin_owner_name: account.name, account_id: account.id,
  });
  const { tab, requests, close } = await widget(token);
  await tab.locator("[name=organization_slug]").waitFor();
  assert.equal(await tab.locator("[name=organization_slug]").inputValue(), "acme");
  await tab.getByRole("button", { name: "Edit" }).waitFor();
  const shown = await tab.locator("input").evaluateAll((inputs) => inputs.map((input) => input.value).join(" "));
  assert.ok(!/right|token/.test(shown), shown);
  await tab.locator("[name=organization_slug]").fill("https://acme.gladly.com/");
  await connect(tab).click();
  await tab.getByText(/Connection Successful/i).waitFor();
  assert.ok(requests.includes(`PATCH /hub/accounts/${account.id}`));
  const { body: after } = await api("GET", `/accounts/${account.id}`);
  assert.equal(after.version, 2);
  const { body: verified } = await api("POST", `/accounts/${account.id}/verify`);
  assert.equal(verified.outcome, "ok", "the kept token does not work");
  await close();
});

test("an edit that the provider refuses changes nothing", async () => {
  const account = await linkAccount();
  const { token } = await session({
    origin_owner_id: account.owner, origin_owner_name: account.name, provider: "gladly",
  });
  const { tab, fired, close } = await widget(token);
  // The session finds the existing account, because the owner and the provider are the same.
  await tab.getByRole("button", { name: "Edit" }).click();
  await fill(tab, { api_token: "revoked-token" });
  await connect(tab).click();
  await tab.getByText(/Gladly didn't accept the Agent Email/).waitFor();
  assert.deepEqual(await fired(), []);
  const { body: after } = await api("GET", `/accounts/${account.id}`);
  assert.deepEqual([after.version, after.status], [1, "active"]);
  await close();
});

test("the widget links to the guide", async () => {
  const { token } = await session({ provider: "gladly" });
  const { tab, close } = await widget(token);
  const [page] = await Promise.all([tab.waitForEvent("popup"), tab.getByText("Connection guide").click()]);
  await page.waitForLoadState();
  assert.match(page.url(), /\/guides\/gladly\/api-key$/);
  assert.match(await page.textContent("h1"), /Gladly/);
  await close();
});
