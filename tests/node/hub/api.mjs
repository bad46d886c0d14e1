// Tests the API as a backend uses it, including endpoints that StackOne's SDK does not call.
//
//   HUB_URL=… HUB_KEY=… HUB_CREDENTIALS_KEY=… node --test hub/api.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { api, good, hub, session } from "./world.mjs";

/** Sends a request as the widget does. */
async function widget(token, method, path, body) {
  const response = await fetch(hub + path, {
    method,
    headers: { "content-type": "application/json", "x-hub-session-token": token },
    body: body ? JSON.stringify(body) : undefined,
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

const credentials = (more = {}) => ({ integration_id: "gladly.api-key", credentials: { ...good, environment: "production", ...more } });

async function linkAccount(more = {}) {
  const created = await session({ provider: "gladly", ...more });
  const { status, body } = await widget(created.token, "POST", "/hub/accounts", credentials());
  assert.equal(status, 201, JSON.stringify(body));
  return { id: body.id, created };
}

test("a key without the required scope is refused, and the message names the scope", async () => {
  const { status, body: created } = await api("POST", "/api_keys", { name: "reads", scopes: ["platform:read"] });
  assert.equal(status, 201);
  const as = (method, path, body) => api(method, path, body, { authorization: "Basic " + btoa(created.key + ":") });
  assert.equal((await as("GET", "/accounts")).status, 200);
  const refused = await as("POST", "/connect_sessions", { origin_owner_id: "x", origin_owner_name: "X" });
  assert.deepEqual([refused.status, refused.body.code], [403, "forbidden"]);
  assert.match(refused.body.message, /platform:write/);
  assert.equal((await api("DELETE", `/api_keys/${created.id}`)).status, 204);
  assert.equal((await as("GET", "/accounts")).status, 401);
});

test("a test key can only see and create test accounts", async () => {
  const production = await linkAccount();
  const { body: created } = await api("POST", "/api_keys", { name: "tries", scopes: ["platform:read", "platform:write"], type: "test" });
  const as = (method, path, body) => api(method, path, body, { authorization: "Bearer " + created.key });
  assert.equal((await as("GET", `/accounts/${production.id}`)).status, 404);
  const owner = { origin_owner_id: "try", origin_owner_name: "Try" };
  assert.equal((await as("POST", "/connect_sessions", { ...owner, type: "production" })).status, 403);
  const { body: testSession } = await as("POST", "/connect_sessions", owner);
  assert.equal(testSession.type, "test");
  const { body: account } = await widget(testSession.token, "POST", "/hub/accounts", credentials());
  assert.deepEqual((await as("GET", "/accounts")).body.map((listed) => listed.id), [account.id]);
});

test("only a key with the required scope can read credentials, and the audit trail records it", async () => {
  const { id } = await linkAccount();
  assert.equal((await api("GET", `/accounts/${id}/credentials`)).status, 403);
  const granted = await api("POST", "/api_keys", { name: "own client", scopes: ["credentials:read"] });
  assert.deepEqual([granted.status, granted.body.code], [403, "forbidden"], "only the operator can grant this scope");
  const { status, body, headers } = await api("GET", `/accounts/${id}/credentials`, undefined, { authorization: "Basic " + btoa(process.env.HUB_CREDENTIALS_KEY) });
  assert.equal(status, 200);
  assert.deepEqual(body.credentials, { organization_slug: "acme", agent_email: good.agent_email, api_token: good.api_token });
  assert.match(headers.get("cache-control"), /no-store/);
  const { body: trail } = await api("GET", `/audit?account_id=${id}`);
  assert.deepEqual(trail.slice(0, 2).map((row) => [row.action, row.actor.split(":")[0]]), [["account.unsealed", "key"], ["account.created", "session"]]);
  assert.equal(trail[0].detail, "read by the product");
});

test("the audit trail lists failed link attempts and unknown keys, and can be filtered", async () => {
  const since = new Date(Date.now() - 1000).toISOString();
  const created = await session({ provider: "gladly" });
  const { body: refused } = await widget(created.token, "POST", "/hub/accounts", credentials({ api_token: "revoked-token" }));
  assert.equal(refused.outcome, "wrong_secret");
  const list = async (query) => (await api("GET", `/audit?${new URLSearchParams(query)}`)).body;
  const actor = `session:${created.id}`;
  const rows = await list({ action: "link_attempt.failed", actor });
  assert.equal(rows.length, 1);
  const { attempt_id, outcome, detail, account_id } = rows[0];
  assert.deepEqual([attempt_id, outcome, account_id], [refused.attempt_id, "wrong_secret", null]);
  assert.equal(detail, `gladly.api-key for ${created.origin_owner_id}`);
  assert.ok(!JSON.stringify(rows).includes("revoked-token") && !JSON.stringify(rows).includes(good.agent_email));
  assert.deepEqual(await list({ outcome: "wrong_secret", actor, since }), rows);
  assert.deepEqual(await list({ outcome: "ok", actor }), []);
  assert.deepEqual(await list({ actor, until: since }), []);
  assert.equal((await api("GET", "/audit?since=yesterday")).status, 400);

  const guess = `wak_live_${"A".repeat(43)}`;
  const stranger = await api("GET", "/accounts", undefined, { authorization: "Bearer " + guess });
  assert.equal(stranger.status, 401);
  const unknown = await list({ action: "access.refused", actor: "address:127.0.0.1" });
  assert.ok(unknown.some((row) => row.detail.startsWith("unknown API key")), JSON.stringify(unknown));
  assert.ok(!JSON.stringify(unknown).includes(guess));
});

test("a request through an account is authenticated, and cannot reach another host or path", async () => {
  const { id } = await linkAccount();
  const { status, body, headers } = await api("GET", `/accounts/${id}/proxy/api/v1/organization`);
  assert.equal(status, 200);
  assert.equal(body.name, "Acme Outdoor");
  assert.equal(headers.get("x-waystone-answered-by"), "provider");
  const sdk = await api("POST", "/unified/proxy", { method: "get", path: "/api/v1/organization" }, { "x-account-id": id });
  assert.deepEqual([sdk.status, sdk.body.name], [200, "Acme Outdoor"]);
  const otherHost = await api("POST", "/unified/proxy", { url: "https://evil.example", path: "/" }, { "x-account-id": id });
  assert.deepEqual([otherHost.status, otherHost.body.code], [400, "invalid_value"]);
  for (const path of ["/../admin", "/a/%2e%2e/b", "/a%2f..%2fb", "/a\\b", "/a\r\nx: y"]) {
    const refused = await api("POST", "/unified/proxy", { path }, { "x-account-id": id });
    assert.equal(refused.status, 400, path);
  }
  const { body: trail } = await api("GET", `/audit?account_id=${id}`);
  assert.ok(trail.some((row) => row.detail === "request: GET /api/v1/organization"));
});

test("a suspended account cannot be used until it is reactivated", async () => {
  const { id } = await linkAccount();
  const { body: suspended } = await api("PATCH", `/accounts/${id}`, { status: "suspended" });
  assert.deepEqual([suspended.status, suspended.status_reasons[0].code], ["suspended", "suspended"]);
  assert.equal((await api("GET", `/accounts/${id}/proxy/api/v1/organization`)).status, 409);
  assert.deepEqual((await api("GET", `/accounts?status=suspended&account_ids=${id}`)).body.length, 1);
  assert.equal((await api("PATCH", `/accounts/${id}`, { status: "active" })).body.status, "active");
  assert.equal((await api("GET", `/accounts/${id}/proxy/api/v1/organization`)).status, 200);
});

test("a deactivated connector profile makes its accounts inactive", async () => {
  const { body: profile, status } = await api("POST", "/connector_profiles", { provider: "gladly", name: "Ours" });
  assert.equal(status, 201);
  const created = await session({ connector_profile_id: profile.id });
  const { body: account } = await widget(created.token, "POST", "/hub/accounts", { ...credentials(), integration_id: profile.id });
  assert.equal((await api("GET", `/accounts/${account.id}`)).body.connector_profile_id, profile.id);
  assert.equal((await api("DELETE", `/connector_profiles/${profile.id}`)).status, 409);
  await api("PATCH", `/connector_profiles/${profile.id}`, { active: false });
  const { body: inactive } = await api("GET", `/accounts/${account.id}`);
  assert.deepEqual([inactive.status, inactive.status_reasons[0].code], ["inactive", "connector_profile_disabled"]);
  assert.equal((await api("GET", `/accounts/${account.id}/proxy/api/v1/organization`)).status, 412);
  assert.equal((await widget(created.token, "GET", "/hub/connectors")).body.integrations.length, 0);
  await api("DELETE", `/accounts/${account.id}`);
  assert.equal((await api("DELETE", `/connector_profiles/${profile.id}`)).status, 204);
});

test("an owner who links again keeps the same account, unless the session allows another", async () => {
  const { id, created } = await linkAccount();
  const owner = { origin_owner_id: created.origin_owner_id, origin_owner_name: created.origin_owner_name };
  const relink = await session({ ...owner, provider: "gladly" });
  assert.equal((await widget(relink.token, "GET", "/hub/settings")).body.existing_account_id, id);
  const { body: same } = await widget(relink.token, "POST", "/hub/accounts", credentials({ api_token: "newer-token" }));
  assert.equal(same.id, id);
  const other = await widget(relink.token, "POST", "/hub/accounts", credentials({ organization_slug: "https://acme.us-1.gladly.com/settings", api_token: "region-token" }));
  assert.deepEqual([other.status, other.body.outcome], [409, "different_account"]);
  const replacing = await session({ ...owner, provider: "gladly", allow_different: true });
  const { body: replaced } = await widget(replacing.token, "POST", "/hub/accounts", credentials({ organization_slug: "https://acme.us-1.gladly.com/settings", api_token: "region-token" }));
  assert.equal(replaced.id, id, "the account was not replaced");
  assert.equal((await api("GET", `/accounts/${id}`)).body.external_name, "Acme West");
  const additional = await session({ ...owner, provider: "gladly", multiple: true });
  const { body: second } = await widget(additional.token, "POST", "/hub/accounts", credentials({ organization_slug: "https://acme.us-1.gladly.com/settings", api_token: "region-token" }));
  assert.notEqual(second.id, id);
  // With two accounts and none selected, the conflict is detected only when the account is stored. The failed attempt
  // is still recorded.
  const third = await session({ ...owner, provider: "gladly" });
  const conflict = await widget(third.token, "POST", "/hub/accounts", credentials());
  assert.deepEqual([conflict.status, conflict.body.outcome], [409, "different_account"]);
  const { body: attempt } = await api("GET", `/link_attempts/${conflict.body.attempt_id}`);
  assert.deepEqual([attempt.state, attempt.transcript.length > 0], ["confirming", true]);
});

test("unknown scopes are refused, and the message lists the provider's scopes", async () => {
  const create = (more) => api("POST", "/connect_sessions", { origin_owner_id: "scoped", origin_owner_name: "Scoped", ...more });
  assert.equal((await create({ provider: "ashby", scopes: ["jobs:read"] })).status, 201);
  for (const [more, message] of [
    [{ provider: "ashby", scopes: ["job:read"] }, /`jobs:read`/],
    [{ provider: "gladly", scopes: ["jobs:read"] }, /Gladly has no scopes/],
    [{ scopes: ["jobs:read"] }, /scopes require `provider`/],
  ]) {
    const { status, body } = await create(more);
    assert.deepEqual([status, body.code], [400, "invalid_value"]);
    assert.match(body.message, message);
  }
});

test("a request with an idempotency key is executed once, and repeated requests get the same response", async () => {
  const body = { origin_owner_id: "once", origin_owner_name: "Once" };
  const key = { "idempotency-key": `k-${process.pid}-${hub.slice(-5)}` };
  const [first, second] = [await api("POST", "/connect_sessions", body, key), await api("POST", "/connect_sessions", body, key)];
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers.get("idempotent-replayed"), "true");
  const other = await api("POST", "/connect_sessions", { ...body, origin_owner_name: "Other" }, key);
  assert.deepEqual([other.status, other.body.code], [422, "unprocessable"]);
  const failed = { "idempotency-key": `f-${process.pid}-${hub.slice(-5)}` };
  assert.equal((await api("POST", "/connect_sessions", { ...body, provider: "nobody" }, failed)).status, 400);
  assert.equal((await api("POST", "/connect_sessions", body, failed)).status, 201, "a failed request must not use up its idempotency key");
});

test("support can read a link attempt, without the secrets that were entered", async () => {
  const created = await session({ provider: "gladly" });
  const { body: refused } = await widget(created.token, "POST", "/hub/accounts", credentials({ api_token: "revoked-token" }));
  assert.equal(refused.outcome, "wrong_secret");
  const { status, body: attempt } = await api("GET", `/link_attempts/${refused.attempt_id}`);
  assert.equal(status, 200);
  assert.deepEqual([attempt.state, attempt.outcome, attempt.origin_owner_id], ["refused", "wrong_secret", created.origin_owner_id]);
  assert.match(attempt.transcript[0].request, /^GET https:\/\/acme\.gladly\.com\/api\/v1\/organization$/);
  assert.equal(attempt.transcript[0].status, 401);
  assert.ok(!JSON.stringify(attempt).includes("revoked-token"));
});

test("an account can be verified again", async () => {
  const { id } = await linkAccount();
  const { body: result } = await api("POST", `/accounts/${id}/verify`);
  assert.equal(result.outcome, "ok");
  assert.ok(result.checks.every((check) => check.state === "passed"));
});

test("a guide is served as JSON, Markdown and HTML, with an ETag", async () => {
  for (const [ending, kind] of [[".json", "application/json"], [".md", "text/markdown"], [".html", "text/html"], ["", "text/html"]]) {
    const first = await fetch(`${hub}/guides/gladly/api-key${ending}`);
    assert.equal(first.status, 200);
    assert.ok(first.headers.get("content-type").startsWith(kind), ending);
    assert.match(await first.text(), /Organization Slug/);
    const cached = await fetch(first.url, { headers: { "if-none-match": first.headers.get("etag") } });
    assert.equal(cached.status, 304);
  }
  assert.equal((await fetch(`${hub}/guides/gladly/nothing`)).status, 404);
});

test("a setup guide contains the callback URL to register with the provider", async () => {
  const callback = `${hub}/connect/oauth2/salesforce/callback`;
  for (const ending of ["", ".md", ".html", ".json"]) {
    const text = await (await fetch(`${hub}/guides/salesforce/oauth${ending}?audience=setup`)).text();
    assert.ok(text.includes(callback), `${ending}: ${text.slice(0, 2000)}`);
    assert.ok(!text.includes("{redirect_uri}"), ending);
  }
  const { body: meta } = await api("GET", "/actions?filter[connectors]=salesforce&include=authentication_guides");
  const texts = JSON.stringify(meta);
  assert.ok(texts.includes(callback), texts);
  assert.ok(!texts.includes("{redirect_uri}"), texts);
});

test("guides are served in the format that StackOne's clients expect", async () => {
  const { status, body } = await api("GET", "/actions?filter[connectors]=gladly,salesforce&include=operation_details&include=authentication_guides&exclude=actions");
  assert.equal(status, 200);
  assert.equal(body.next, null);
  const [gladly, salesforce] = body.data;
  assert.equal(gladly.actions, undefined);
  const { guides, link } = gladly.authentication[0].support;
  assert.equal(link, `${hub}/guides/gladly/api-key`);
  const steps = guides.config.sections.flatMap((section) => section.steps ?? []);
  assert.ok(steps.some((step) => /API token settings/.test(step.title) && /\*\*/.test(step.content)), JSON.stringify(steps));
  assert.ok(guides.config.sections.every((section) => typeof section.title === "string" && typeof section.content === "string"));
  assert.equal(guides.setup, undefined);
  const oauth = salesforce.authentication.find((method) => method.type === "oauth2");
  assert.ok(oauth.support.guides.setup.sections.length > 0, "the setup guide for admins is missing");
  const { id } = await linkAccount();
  const { body: own } = await api("GET", `/actions?filter[account_ids]=${id}`);
  assert.deepEqual(own.data.map((connector) => [connector.key, connector.authentication[0].support.guides]), [["gladly", undefined]]);
  const { body: action } = await api("GET", "/actions?filter[action_key]=ashby_list-jobs");
  assert.deepEqual(action.data.map((connector) => connector.actions.map((action) => action.required_scopes)), [[["apiKeys:read", "jobs:read"]]]);
  assert.deepEqual((await api("GET", "/actions?search=INTERVIEW")).body.data.map((connector) => connector.key), ["ashby"]);
  assert.equal((await api("GET", "/actions?page_size=0")).status, 400);
});

test("the exact guide that an account was linked with can be read by its digest", async () => {
  const { id } = await linkAccount();
  const { body: account } = await api("GET", `/accounts/${id}`);
  const page = await fetch(`${hub}/guides/gladly/api-key.md?digest=${account.guide_digest}`);
  assert.equal(page.status, 200);
});

test("the API description contains the documented endpoints", async () => {
  const { body: document } = await api("GET", "/openapi.json");
  assert.equal(document.openapi, "3.1.0");
  const paths = ["/connect_sessions", "/accounts/{id}/credentials", "/hub/accounts", "/guides/{provider}/{method}", "/accounts/{id}/proxy/{path}"];
  for (const path of paths) assert.ok(document.paths[path], path);
});

test("accounts are listed page by page with a cursor", async () => {
  await linkAccount();
  await linkAccount();
  const { body: all, headers: last } = await api("GET", "/accounts?page_size=500");
  assert.equal(last.get("x-next-cursor"), null, "there is no page after the last");
  const found = [];
  let cursor = null;
  do {
    const { body, headers } = await api("GET", `/accounts?page_size=1${cursor ? `&cursor=${cursor}` : ""}`);
    found.push(...body.map((account) => account.id));
    cursor = headers.get("x-next-cursor") ?? null;
    if (cursor) assert.equal((await api("GET", `/accounts?page=1&cursor=${cursor}`)).status, 400);
  } while (cursor);
  assert.deepEqual(found, all.map((account) => account.id));
  assert.ok(found.length > 1);
});
