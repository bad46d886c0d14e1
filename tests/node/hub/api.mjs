// The API as a backend uses it, beyond what StackOne's SDK knows.
//
//   HUB_URL=… HUB_KEY=… node --test hub/api.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { api, good, hub, session } from "./world.mjs";

/** Asks as the widget does. */
async function widget(token, method, path, body) {
  const response = await fetch(hub + path, {
    method,
    headers: { "content-type": "application/json", "x-hub-session-token": token },
    body: body ? JSON.stringify(body) : undefined,
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

const credentials = (more = {}) => ({ integration_id: "gladly.api-key", credentials: { ...good, environment: "production", ...more } });

async function linked(more = {}) {
  const made = await session({ provider: "gladly", ...more });
  const { status, body } = await widget(made.token, "POST", "/hub/accounts", credentials());
  assert.equal(status, 201, JSON.stringify(body));
  return { id: body.id, made };
}

test("a key with a scope too few is told which", async () => {
  const { status, body: made } = await api("POST", "/api_keys", { name: "reads", scopes: ["platform:read"] });
  assert.equal(status, 201);
  const as = (method, path, body) => api(method, path, body, { authorization: "Basic " + btoa(made.key + ":") });
  assert.equal((await as("GET", "/accounts")).status, 200);
  const refused = await as("POST", "/connect_sessions", { origin_owner_id: "x", origin_owner_name: "X" });
  assert.deepEqual([refused.status, refused.body.code], [403, "forbidden"]);
  assert.match(refused.body.message, /platform:write/);
  assert.equal((await api("DELETE", `/api_keys/${made.id}`)).status, 204);
  assert.equal((await as("GET", "/accounts")).status, 401);
});

test("a test key sees and makes nothing but what is for trying out", async () => {
  const real = await linked();
  const { body: made } = await api("POST", "/api_keys", { name: "tries", scopes: ["platform:read", "platform:write"], type: "test" });
  const as = (method, path, body) => api(method, path, body, { authorization: "Bearer " + made.key });
  assert.equal((await as("GET", `/accounts/${real.id}`)).status, 404);
  const owner = { origin_owner_id: "try", origin_owner_name: "Try" };
  assert.equal((await as("POST", "/connect_sessions", { ...owner, type: "production" })).status, 403);
  const { body: tried } = await as("POST", "/connect_sessions", owner);
  assert.equal(tried.type, "test");
  const { body: account } = await widget(tried.token, "POST", "/hub/accounts", credentials());
  assert.deepEqual((await as("GET", "/accounts")).body.map((one) => one.id), [account.id]);
});

test("credentials are read with the scope for it alone, and the trail says so", async () => {
  const { id } = await linked();
  assert.equal((await api("GET", `/accounts/${id}/credentials`)).status, 403);
  const { body: made } = await api("POST", "/api_keys", { name: "own client", scopes: ["credentials:read"] });
  const { status, body, headers } = await api("GET", `/accounts/${id}/credentials`, undefined, { authorization: "Basic " + btoa(made.key) });
  assert.equal(status, 200);
  assert.deepEqual(body.credentials, { organization_slug: "acme", agent_email: good.agent_email, api_token: good.api_token });
  assert.match(headers.get("cache-control"), /no-store/);
  const { body: trail } = await api("GET", `/audit?account_id=${id}`);
  assert.deepEqual(trail.slice(0, 2).map((line) => [line.action, line.actor.split(":")[0]]), [["account.unsealed", "key"], ["account.created", "session"]]);
  assert.equal(trail[0].detail, "read by the product");
});

test("a request goes through an account, and what authenticates it stays here", async () => {
  const { id } = await linked();
  const { status, body, headers } = await api("GET", `/accounts/${id}/proxy/api/v1/organization`);
  assert.equal(status, 200);
  assert.equal(body.name, "Acme Outdoor");
  assert.equal(headers.get("x-waystone-answered-by"), "provider");
  const sdk = await api("POST", "/unified/proxy", { method: "get", path: "/api/v1/organization" }, { "x-account-id": id });
  assert.deepEqual([sdk.status, sdk.body.name], [200, "Acme Outdoor"]);
  const elsewhere = await api("POST", "/unified/proxy", { url: "https://evil.example", path: "/" }, { "x-account-id": id });
  assert.deepEqual([elsewhere.status, elsewhere.body.code], [400, "invalid_value"]);
  for (const path of ["/../admin", "/a/%2e%2e/b", "/a%2f..%2fb", "/a\\b", "/a\r\nx: y"]) {
    const refused = await api("POST", "/unified/proxy", { path }, { "x-account-id": id });
    assert.equal(refused.status, 400, path);
  }
  const { body: trail } = await api("GET", `/audit?account_id=${id}`);
  assert.ok(trail.some((line) => line.detail === "request: GET /api/v1/organization"));
});

test("a suspended account is not used until it is active again", async () => {
  const { id } = await linked();
  const { body: suspended } = await api("PATCH", `/accounts/${id}`, { status: "suspended" });
  assert.deepEqual([suspended.status, suspended.status_reasons[0].code], ["suspended", "suspended"]);
  assert.equal((await api("GET", `/accounts/${id}/proxy/api/v1/organization`)).status, 409);
  assert.deepEqual((await api("GET", `/accounts?status=suspended&account_ids=${id}`)).body.length, 1);
  assert.equal((await api("PATCH", `/accounts/${id}`, { status: "active" })).body.status, "active");
  assert.equal((await api("GET", `/accounts/${id}/proxy/api/v1/organization`)).status, 200);
});

test("a profile that is switched off makes its accounts inactive", async () => {
  const { body: profile, status } = await api("POST", "/connector_profiles", { provider: "gladly", name: "Ours" });
  assert.equal(status, 201);
  const made = await session({ connector_profile_id: profile.id });
  const { body: account } = await widget(made.token, "POST", "/hub/accounts", { ...credentials(), integration_id: profile.id });
  assert.equal((await api("GET", `/accounts/${account.id}`)).body.connector_profile_id, profile.id);
  assert.equal((await api("DELETE", `/connector_profiles/${profile.id}`)).status, 409);
  await api("PATCH", `/connector_profiles/${profile.id}`, { active: false });
  const { body: inactive } = await api("GET", `/accounts/${account.id}`);
  assert.deepEqual([inactive.status, inactive.status_reasons[0].code], ["inactive", "connector_profile_disabled"]);
  assert.equal((await api("GET", `/accounts/${account.id}/proxy/api/v1/organization`)).status, 412);
  assert.equal((await widget(made.token, "GET", "/hub/connectors")).body.integrations.length, 0);
  await api("DELETE", `/accounts/${account.id}`);
  assert.equal((await api("DELETE", `/connector_profiles/${profile.id}`)).status, 204);
});

test("an owner who links again gets the same account, unless another is asked for", async () => {
  const { id, made } = await linked();
  const owner = { origin_owner_id: made.origin_owner_id, origin_owner_name: made.origin_owner_name };
  const again = await session({ ...owner, provider: "gladly" });
  assert.equal((await widget(again.token, "GET", "/hub/settings")).body.existing_account_id, id);
  const { body: same } = await widget(again.token, "POST", "/hub/accounts", credentials({ api_token: "newer-token" }));
  assert.equal(same.id, id);
  const other = await widget(again.token, "POST", "/hub/accounts", credentials({ organization_slug: "https://acme.us-1.gladly.com/settings", api_token: "region-token" }));
  assert.deepEqual([other.status, other.body.outcome], [409, "different_account"]);
  const onPurpose = await session({ ...owner, provider: "gladly", allow_different: true });
  const { body: replaced } = await widget(onPurpose.token, "POST", "/hub/accounts", credentials({ organization_slug: "https://acme.us-1.gladly.com/settings", api_token: "region-token" }));
  assert.equal(replaced.id, id, "another one in its place");
  assert.equal((await api("GET", `/accounts/${id}`)).body.external_name, "Acme West");
  const more = await session({ ...owner, provider: "gladly", multiple: true });
  const { body: second } = await widget(more.token, "POST", "/hub/accounts", credentials({ organization_slug: "https://acme.us-1.gladly.com/settings", api_token: "region-token" }));
  assert.notEqual(second.id, id);
  // Beside two, none of which is meant, only the store can tell: and what was tried is kept all the same.
  const third = await session({ ...owner, provider: "gladly" });
  const late = await widget(third.token, "POST", "/hub/accounts", credentials());
  assert.deepEqual([late.status, late.body.outcome], [409, "different_account"]);
  const { body: attempt } = await api("GET", `/link_attempts/${late.body.attempt_id}`);
  assert.deepEqual([attempt.state, attempt.transcript.length > 0], ["confirming", true]);
});

test("scopes are of the provider, and it is said which there are", async () => {
  const of = (more) => api("POST", "/connect_sessions", { origin_owner_id: "scoped", origin_owner_name: "Scoped", ...more });
  assert.equal((await of({ provider: "ashby", scopes: ["jobs:read"] })).status, 201);
  for (const [more, says] of [
    [{ provider: "ashby", scopes: ["job:read"] }, /`jobs:read`/],
    [{ provider: "gladly", scopes: ["jobs:read"] }, /Gladly has no scopes/],
    [{ scopes: ["jobs:read"] }, /scopes require `provider`/],
  ]) {
    const { status, body } = await of(more);
    assert.deepEqual([status, body.code], [400, "invalid_value"]);
    assert.match(body.message, says);
  }
});

test("a request with a key is done once, and answered alike", async () => {
  const body = { origin_owner_id: "once", origin_owner_name: "Once" };
  const key = { "idempotency-key": `k-${process.pid}-${hub.slice(-5)}` };
  const [one, two] = [await api("POST", "/connect_sessions", body, key), await api("POST", "/connect_sessions", body, key)];
  assert.deepEqual([one.status, two.status], [201, 201]);
  assert.deepEqual(two.body, one.body);
  assert.equal(two.headers.get("idempotent-replayed"), "true");
  const other = await api("POST", "/connect_sessions", { ...body, origin_owner_name: "Other" }, key);
  assert.deepEqual([other.status, other.body.code], [422, "unprocessable"]);
  const failed = { "idempotency-key": `f-${process.pid}-${hub.slice(-5)}` };
  assert.equal((await api("POST", "/connect_sessions", { ...body, provider: "nobody" }, failed)).status, 400);
  assert.equal((await api("POST", "/connect_sessions", body, failed)).status, 201, "what failed may be tried again");
});

test("support finds what was tried, without what was typed", async () => {
  const made = await session({ provider: "gladly" });
  const { body: refused } = await widget(made.token, "POST", "/hub/accounts", credentials({ api_token: "revoked-token" }));
  assert.equal(refused.outcome, "wrong_secret");
  const { status, body: attempt } = await api("GET", `/link_attempts/${refused.attempt_id}`);
  assert.equal(status, 200);
  assert.deepEqual([attempt.state, attempt.outcome, attempt.origin_owner_id], ["refused", "wrong_secret", made.origin_owner_id]);
  assert.match(attempt.transcript[0].request, /^GET https:\/\/acme\.gladly\.com\/api\/v1\/organization$/);
  assert.equal(attempt.transcript[0].status, 401);
  assert.ok(!JSON.stringify(attempt).includes("revoked-token"));
});

test("an account is checked again, and its status says what was found", async () => {
  const { id } = await linked();
  const { body: found } = await api("POST", `/accounts/${id}/verify`);
  assert.equal(found.outcome, "ok");
  assert.ok(found.checks.every((check) => check.state === "passed"));
});

test("a guide is there as data, as Markdown and as HTML, and is not sent twice", async () => {
  for (const [ending, kind] of [[".json", "application/json"], [".md", "text/markdown"], [".html", "text/html"], ["", "text/html"]]) {
    const first = await fetch(`${hub}/guides/gladly/api-key${ending}`);
    assert.equal(first.status, 200);
    assert.ok(first.headers.get("content-type").startsWith(kind), ending);
    assert.match(await first.text(), /Organization Slug/);
    const again = await fetch(first.url, { headers: { "if-none-match": first.headers.get("etag") } });
    assert.equal(again.status, 304);
  }
  assert.equal((await fetch(`${hub}/guides/gladly/nothing`)).status, 404);
});

test("guides are there as StackOne's clients ask for them", async () => {
  const { status, body } = await api("GET", "/actions?filter[connectors]=gladly,salesforce&include=operation_details&include=authentication_guides&exclude=actions");
  assert.equal(status, 200);
  assert.equal(body.next, null);
  const [gladly, salesforce] = body.data;
  assert.equal(gladly.actions, undefined);
  const { guides, link } = gladly.authentication[0].support;
  assert.equal(link, `${hub}/guides/gladly/api-key`);
  const steps = guides.config.sections.flatMap((one) => one.steps ?? []);
  assert.ok(steps.some((one) => /API token settings/.test(one.title) && /\*\*/.test(one.content)), JSON.stringify(steps));
  assert.ok(guides.config.sections.every((one) => typeof one.title === "string" && typeof one.content === "string"));
  assert.equal(guides.setup, undefined);
  const oauth = salesforce.authentication.find((one) => one.type === "oauth2");
  assert.ok(oauth.support.guides.setup.sections.length > 0, "what the admin does first");
  const { id } = await linked();
  const { body: own } = await api("GET", `/actions?filter[account_ids]=${id}`);
  assert.deepEqual(own.data.map((one) => [one.key, one.authentication[0].support.guides]), [["gladly", undefined]]);
  const { body: one } = await api("GET", "/actions?filter[action_key]=ashby_list-jobs");
  assert.deepEqual(one.data.map((it) => it.actions.map((action) => action.required_scopes)), [[["apiKeys:read", "jobs:read"]]]);
  assert.deepEqual((await api("GET", "/actions?search=INTERVIEW")).body.data.map((it) => it.key), ["ashby"]);
  assert.equal((await api("GET", "/actions?page_size=0")).status, 400);
});

test("the exact guide of an account is there by its digest", async () => {
  const { id } = await linked();
  const { body: account } = await api("GET", `/accounts/${id}`);
  const page = await fetch(`${hub}/guides/gladly/api-key.md?digest=${account.guide_digest}`);
  assert.equal(page.status, 200);
});

test("everything that is answered is described", async () => {
  const { body: document } = await api("GET", "/openapi.json");
  assert.equal(document.openapi, "3.1.0");
  const seen = ["/connect_sessions", "/accounts/{id}/credentials", "/hub/accounts", "/guides/{provider}/{method}", "/accounts/{id}/proxy/{path}"];
  for (const path of seen) assert.ok(document.paths[path], path);
});
