// Tests StackOne's unmodified SDK from npm against a running Hub: sessions, accounts and connectors.
//
//   HUB_URL=… HUB_KEY=… node --test hub/sdk.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { StackOne } from "@stackone/stackone-client-ts";
import { good, hub, session } from "./world.mjs";

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
