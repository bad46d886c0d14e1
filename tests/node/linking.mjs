// Uses the linking pages in Chromium as people do: by keyboard and pointer, on a phone, in a frame, without a script.
//
//   node linking.mjs FOLDER          the folder that `cargo run -p hub --example gallery` writes
//
// What the Hub answers is played here. Prints what is not as it should be, one line each.

import { chromium } from "playwright-core";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'";
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
const folder = process.argv[2];

const posted = [];
let progress = [];
const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  if (request.method === "POST") posted.push({ path, body });
  const send = (type, text) => { response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }); response.end(text); };
  if (path.endsWith("/preview")) {
    const { values } = JSON.parse(body);
    const kept = values.organization_slug?.toLowerCase().includes("acme") ? "acme" : null;
    send("application/json", JSON.stringify({
      host: kept && "acme.example.com",
      fields: { organization_slug: { kept, problem: null, belongs_to: values.organization_slug?.endsWith("qa") ? ["sandbox", "Sandbox"] : null } },
    }));
  } else if (path.endsWith("/progress")) {
    send("application/json", JSON.stringify(progress.length > 1 ? progress.shift() : progress[0]));
  } else if (path === "/parent") {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>Parent</title><iframe src="/${new URL(request.url, "http://localhost").searchParams.get("page")}" width="400"></iframe><script>window.heard=[];addEventListener("message",(e)=>heard.push(e.data))</script>`);
  } else {
    try {
      const bytes = await readFile(join(folder, path));
      let text = extname(path) === ".html" ? bytes.toString().replaceAll("https://app.example.com\" data-event", `${origin}" data-event`) : bytes;
      if (extname(path) === ".html") text = text.replace('data-parent="https://app.example.com"', `data-parent="${origin}"`);
      send(TYPES[extname(path)] ?? "text/plain", text);
    } catch { send("text/html", `<!doctype html><title>${path}</title>`); }
  }
});
await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});

let bad = 0;
let done = 0;
const is = (what, got, wanted = true) => {
  done += 1;
  if (JSON.stringify(got) !== JSON.stringify(wanted)) { bad += 1; console.log(`${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`); }
};
const open = async (name, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const tab = await context.newPage();
  tab.setDefaultTimeout(30_000);
  tab.on("pageerror", (error) => { bad += 1; console.log(`${name}: ${error.message}`); });
  await tab.goto(`${origin}/${name}`);
  return tab;
};
const now = (tab) => tab.evaluate(() => document.querySelector(".step.now")?.id ?? null);
const focus = (tab) => tab.evaluate(() => document.activeElement.id);
/** Waits for what comes when the Hub has answered, at most so long that the next line says what is there instead. */
const says = (tab, where, text) => tab.locator(where, { hasText: text }).waitFor({ timeout: 30_000 }).catch(() => {});

{
  const tab = await open("gladly--api-key--form.html");
  await tab.focus("#in--api_token");
  is("focusing a field shows its step", await now(tab), "create-token");
  const sight = () => {
    const [outer, inner] = ["#_guide", ".step.now"].map((one) => document.querySelector(one).getBoundingClientRect());
    return inner.top >= Math.max(outer.top, 0) && inner.bottom <= Math.min(outer.bottom, innerHeight);
  };
  for (const key of ["api_token", "agent_email", "organization_slug"]) {
    await tab.evaluate(() => { document.activeElement.blur(); scrollTo({ top: 0, behavior: "instant" }); });
    await tab.focus(`#in--${key}`);
    await tab.waitForFunction(sight).catch(() => {});
    is(`and the guide scrolls to that of ${key}, where it is seen`, await tab.evaluate(sight));
    const seen = () => { const { top, bottom } = document.activeElement.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; };
    await tab.waitForFunction(seen).catch(() => {});
    is("beside the field", await tab.evaluate(seen));
  }
  await tab.click("#find-slug .goes a");
  is("a step leads to its field", await focus(tab), "in--organization_slug");
  await tab.hover("#find-slug");
  is("reading a step shows its field", await tab.evaluate(() => document.querySelector(".near").dataset.field), "organization_slug");
  await tab.fill("#in--api_token", "canary-token");
  await tab.fill("#in--organization_slug", "https://ACME.example.com/x");
  await says(tab, "#said--organization_slug", "We'll use acme");
  is("the spelling that is kept is told", await tab.textContent("#said--organization_slug"), "We'll use acme");
  is("the host is told", await tab.textContent(".host strong"), "acme.example.com");
  await tab.fill("#in--organization_slug", "acme.gladly.qa");
  await tab.waitForSelector("#said--organization_slug button", { timeout: 30_000 });
  await tab.click("#said--organization_slug button");
  is("the environment of an address is offered", await tab.isChecked('input[value="sandbox"]'));
  is("secrets are not sent while one types", posted.every(({ body }) => !body.includes("canary")));
  is("a step whose field is filled is marked", await tab.evaluate(() => document.getElementById("find-slug").classList.contains("done")));
  is("a secret is hidden", await tab.getAttribute("#in--api_token", "type"), "password");
  await tab.click(".reveal");
  is("and can be looked at", await tab.getAttribute("#in--api_token", "type"), "text");
  await tab.fill("#in--agent_email", "a@b.example");
  await tab.click(".send .button");
  await tab.waitForLoadState();
  const form = new URLSearchParams(posted.findLast(({ path }) => path === "/session/s-1/i-1").body);
  is("the form is sent", [form.get("csrf"), form.get("environment"), form.get("field.api_token"), form.get("do")], ["example-token", "sandbox", "canary-token", "connect"]);
}
{
  const tab = await open("gladly--api-key--form.html", { viewport: { width: 360, height: 740 }, hasTouch: true });
  await tab.click("#field--api_token .where");
  is("on a phone a step opens below its field", (await tab.textContent("#field--api_token .peek")).includes("Create a token"));
  is("and that is told", await tab.getAttribute("#field--api_token .where", "aria-expanded"), "true");
  await tab.press("#field--api_token .where", "Space");
  is("and closes again", await tab.isHidden("#field--api_token .peek"));
}
{
  const tab = await open("gladly--api-key--failed-wrong_secret.html");
  is("after a failure the summary has the focus", await focus(tab), "_summary");
  is("and the step it leads to is open", await now(tab), "create-token");
  is("which is not done", await tab.evaluate(() => document.getElementById("create-token").classList.contains("done")), false);
  await tab.click('#_summary a[href="#in--api_token"]');
  is("a link leads to the field at fault", await focus(tab), "in--api_token");
  const plain = await open("gladly--api-key--failed-wrong_secret.html", { javaScriptEnabled: false });
  is("without a script, too", await plain.locator("#_summary:focus").count(), 1);
}
{
  const tab = await open("gladly--api-key--edit.html");
  is("a kept secret is not asked", await tab.isHidden("#in--api_token"));
  await tab.fill("#in--organization_slug", "other");
  await tab.press("#in--organization_slug", "Tab");
  is("another host asks for it again", await tab.isVisible("#in--api_token"));
}
{
  const report = (state, says) => ({ label: "Reading your organization", state, says, seconds: null });
  progress = [
    { state: "checking", reports: [report("running", "checking"), { ...report("pending", "waiting"), label: "More" }], next: null },
    { state: "checking", reports: [{ ...report("waiting", "asked to wait"), seconds: 9 }, { ...report("pending", "waiting"), label: "More" }], next: null },
    { state: "checking", reports: [report("passed", "done"), { ...report("running", "checking"), label: "More" }], next: null },
    { state: "confirm", reports: [], next: "/session/s-1/i-1/confirm" },
  ];
  const tab = await open("gladly--api-key--checking.html");
  await tab.waitForSelector(".checks .passed");
  is("checks are told as they happen", await tab.locator(".checks li").allTextContents(), ["Reading your organizationdone", "Morechecking"]);
  is("and read out", (await tab.textContent("#_status")).startsWith("Reading your organization: done"));
  await tab.waitForURL("**/confirm");
  is("and then it goes on", new URL(tab.url()).pathname, "/session/s-1/i-1/confirm");
}
{
  const tab = await open("providers.html");
  await tab.fill("#_query", "zendsk");
  is("a typo is forgiven", await tab.locator(".providers li:visible").allTextContents().then((all) => all.map((one) => one.trim())), ["Zendesk"]);
  is("the count is told", await tab.textContent(".count"), "1 app");
  await tab.fill("#_query", "qqqq");
  is("nothing is told to be nothing", (await tab.textContent(".nothing strong")), "No results for “qqqq”");
  await tab.fill("#_query", "");
  await tab.click('[data-category="crm"]');
  is("a category is chosen", await tab.locator(".providers li:visible").count() < 5);
  await tab.press("#_query", "Enter");
  await tab.waitForURL("**/session/s-1/*");
}
{
  const tab = await open("parent?page=gladly--api-key--form-embedded.html");
  await tab.waitForFunction(() => window.heard.some(({ type }) => type === "height"));
  const heard = await tab.evaluate(() => window.heard.filter(({ source }) => source === "waystone"));
  is("a page that embeds it is told its height", heard.find(({ type }) => type === "height").height > 500);
  is("and has no frame of its own", await tab.frameLocator("iframe").locator(".bar").count(), 0);
}
{
  const tab = await open("gladly--api-key--form.html", { javaScriptEnabled: false });
  is("without a script nothing is there that needs one", await tab.isHidden(".reveal"));
  await tab.check('input[value="production"]');
  await tab.fill("#in--organization_slug", "plain");
  await tab.fill("#in--agent_email", "a@b.example");
  await tab.fill("#in--api_token", "t");
  await tab.click(".send .button");
  is("and the form is sent", new URLSearchParams(posted.at(-1).body).get("field.organization_slug"), "plain");
}
await browser.close();
server.close();
console.log(`${done} things, ${bad} problems`);
process.exitCode = bad > 0 ? 1 : 0;
