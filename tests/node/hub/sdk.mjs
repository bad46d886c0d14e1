// Tests StackOne's unmodified SDK from npm against a running Hub: sessions, accounts, connectors and requests through an
// account. npm has version 4.28.0 of the SDK; what newer versions expect is tested with their `User-Agent`.
//
//   HUB_URL=… HUB_KEY=… node --test hub/sdk.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { StackOne } from "@stackone/stackone-client-ts";
import { api, good, hub, session } from "./world.mjs";

const client = (key = process.env.HUB_KEY) =>
  new StackOne({ serverURL: hub, security: { username: key, password: "" }, retryConfig: { strategy: "none" } });

/** Links an account with a session's token, as the widget does. */
async function link(token) {
  const response = await fetch(`${hub}/hub/accounts`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-session-token": token },
    body: JSON.stringify({ integration_id: "gladly.api-key", credentials: { ...good, environment: "production" } }),
  });
  assert.equal(response.status, 201);
  return (await response.json()).id;
}

test("a session can be created and authenticated", async () => {
  const owner = { originOwnerId: `sdk-${process.pid}`, originOwnerName: "SDK Ltd" };
  const created = await client().connectSessions.createConnectSession({ ...owner, categories: ["ticketing"], expiresIn: 600 });
  const { token, authLinkUrl, projectId, createdAt } = created.connectSessionTokenAuthLink;
  assert.ok(authLinkUrl.startsWith(hub) && authLinkUrl.includes(token));
  assert.ok(projectId.startsWith("prj_") && Math.abs(createdAt - Date.now()) < 60_000);
  const authenticated = await client().connectSessions.authenticateConnectSession({ token });
  assert.equal(authenticated.connectSession.originOwnerId, owner.originOwnerId);
  assert.deepEqual(authenticated.connectSession.categories, ["ticketing"]);
});

/** Returns the `User-Agent` of a version of the TypeScript SDK. */
const agent = (version) => `speakeasy-sdk/typescript ${version} 2.836.4 1.0.0 @stackone/stackone-client-ts`;

test("the organization's id is a number for SDKs from before 2026-02, and a string for every other client", async () => {
  for (const [userAgent, type] of [
    [agent("4.28.0"), "number"], [agent("4.33.2"), "number"], [agent("4.34.0"), "string"], [agent("4.34.1"), "string"],
    ["speakeasy-sdk/ruby 0.39.4 2.779.2 1.0.0 stackone_client", "number"],
    ["speakeasy-sdk/ruby 0.40.0 2.836.4 1.0.0 stackone_client", "string"],
    ["speakeasy-sdk/java 0.19.2 2.811.4 1.0.0 com.stackone.stackone_client_java", "string"],
    ["curl/8.14.1", "string"], ["node", "string"],
  ]) {
    const headers = { "user-agent": userAgent };
    const owner = { origin_owner_id: `agent-${process.pid}`, origin_owner_name: "Agent" };
    const created = await api("POST", "/connect_sessions", owner, headers);
    const authenticated = await api("POST", "/connect_sessions/authenticate", { token: created.body.token }, headers);
    const read = await api("GET", `/connect_sessions/${created.body.id}`, null, headers);
    for (const { body } of [created, authenticated, read]) {
      assert.deepEqual([typeof body.organization_id, String(body.organization_id)], [type, "1"], userAgent);
    }
  }
});

test("a request through an account returns the response itself, and an envelope to SDKs that expect one", async () => {
  const id = await link((await session()).token);
  // This version of the SDK discards the body.
  const { rawResponse, statusCode } = await client().proxy.proxyRequest({ xAccountId: id, proxyRequestBody: { path: "/api/v1/organization" } });
  assert.deepEqual([statusCode, rawResponse.headers.get("x-waystone-answered-by")], [200, "provider"]);

  const send = (version, path) =>
    api("POST", "/unified/proxy", { path, method: "get" }, { "x-account-id": id, "user-agent": agent(version) });
  const raw = await send("4.31.0", "/api/v1/organization");
  assert.deepEqual([raw.status, raw.body.name], [200, "Acme Outdoor"]);
  const enveloped = await send("4.34.1", "/api/v1/organization");
  assert.deepEqual([enveloped.status, enveloped.body.status, enveloped.body.data], [200, 200, raw.body]);
  assert.match(enveloped.body.headers["content-type"], /^application\/json/);
  const missing = await send("4.34.1", "/nowhere");
  assert.equal(missing.status, missing.body.statusCode);
  assert.ok(missing.status >= 400 && missing.body.message && Date.parse(missing.body.timestamp));
  assert.equal(missing.body.provider_errors[0].status, missing.status);
});

test("accounts can be listed, read, changed and deleted", async () => {
  const created = await session();
  const id = await link(created.token);
  const sdk = client();

  const list = await sdk.accounts.listLinkedAccounts({ originOwnerIds: [created.origin_owner_id], providers: ["gladly", "jira"] });
  assert.deepEqual(list.classes.map((account) => account.id), [id]);
  const nothing = await sdk.accounts.listLinkedAccounts({ originOwnerId: created.origin_owner_id, page: 2 });
  assert.deepEqual(nothing.classes, []);

  const { linkedAccount } = await sdk.accounts.getAccount({ id });
  assert.deepEqual([linkedAccount.provider, linkedAccount.status, linkedAccount.type], ["gladly", "active", "production"]);
  assert.deepEqual(linkedAccount.statusReasons, []);

  const changed = await sdk.accounts.updateAccount({ id, patchAccountExternalDto: { originUsername: "ada@sdk.example" } });
  assert.equal(changed.linkedAccount.originUsername, "ada@sdk.example");
  assert.equal(changed.linkedAccount.originOwnerId, created.origin_owner_id);

  const meta = await sdk.accounts.getAccountMetaInfo({ id });
  assert.deepEqual([meta.linkedAccountMeta.provider, meta.linkedAccountMeta.category], ["gladly", "ticketing"]);

  const deleted = await sdk.accounts.deleteAccount({ id });
  assert.equal(deleted.linkedAccount.id, id);
  await assert.rejects(sdk.accounts.getAccount({ id }), { statusCode: 404, name: "NotFoundResponse" });
});

test("a test account stays a test account when the SDK updates it", async () => {
  const created = await session({ type: "test" });
  const id = await link(created.token);
  const sdk = client();
  await sdk.accounts.updateAccount({ id, patchAccountExternalDto: { originUsername: "x" } });
  assert.equal((await sdk.accounts.getAccount({ id })).linkedAccount.type, "test");
});

test("connectors can be listed and read", async () => {
  const { classes: list } = await client().connectors.listConnectorsMeta({});
  assert.ok(list.some((connector) => connector.provider === "gladly" && connector.providerName === "Gladly"));
  const gladly = await client().connectors.getConnectorMeta({ provider: "gladly" });
  assert.equal(gladly.connectorsMeta.provider, "gladly");
});

test("actions can be listed page by page", async () => {
  const keys = [];
  for await (const { actionsMetaPaginated } of await client().actions.listActionsMeta({ pageSize: "5" })) {
    assert.ok(actionsMetaPaginated.data.length <= 5);
    keys.push(...actionsMetaPaginated.data.map((action) => action.key));
  }
  assert.equal(keys.length, 12);
  assert.equal(new Set(keys).size, 12);
  const found = await client().actions.listActionsMeta({ filter: { connectors: "ashby,gladly" } });
  const [ashby, gladly] = found.actionsMetaPaginated.data;
  assert.deepEqual([ashby.actions[0].id, ashby.authentication[0].key], ["ashby_list-jobs", "api-key"]);
  assert.deepEqual([gladly.key, gladly.authentication.map((method) => method.type)], ["gladly", ["custom"]]);
});

test("errors arrive as the SDK's error types", async () => {
  await assert.rejects(client("wak_live_guess").accounts.getAccount({ id: "x" }), { statusCode: 401, name: "UnauthorizedResponse" });
  await assert.rejects(client().accounts.getAccount({ id: "a/1" }), { statusCode: 404, name: "NotFoundResponse" });
  await assert.rejects(
    client().connectSessions.createConnectSession({ originOwnerId: "x", originOwnerName: "X", provider: "nobody" }),
    { statusCode: 400, name: "BadRequestResponse" },
  );
});
