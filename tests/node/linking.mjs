// Uses the linking pages in Chromium as people do: with a keyboard and a pointer, on a phone, in a frame, and without
// JavaScript.
//
//   node linking.mjs FOLDER          the folder that `cargo run -p hub --example gallery` writes
//
// The server below simulates the Hub. Prints each failed expectation on its own line.

import { chromium } from "playwright-core";
import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
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
    const { environment, values } = JSON.parse(body);
    const kept = values.organization_slug?.toLowerCase().includes("acme") ? "acme" : null;
    send("application/json", JSON.stringify({
      host: kept && "acme.example.com",
      fields: { organization_slug: { kept, problem: null, belongs_to: values.organization_slug?.endsWith("qa") && environment !== "sandbox" ? ["sandbox", "Sandbox"] : null } },
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

let failures = 0;
let expectations = 0;
const expect = (expectation, actual, expected = true) => {
  expectations += 1;
  if (JSON.stringify(actual) !== JSON.stringify(expected)) { failures += 1; console.log(`${expectation}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`); }
};
const open = async (name, options = {}, prepare = () => {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const tab = await context.newPage();
  await prepare(tab);
  tab.setDefaultTimeout(30_000);
  tab.on("pageerror", (error) => { failures += 1; console.log(`${name}: ${error.message}`); });
  await tab.goto(`${origin}/${name}`);
  return tab;
};
const currentStep = (tab) => tab.evaluate(() => document.querySelector(".step.now")?.id ?? null);
const focusedId = (tab) => tab.evaluate(() => document.activeElement.id);
/** Waits until a string appears. A timeout is not an error here, because the next expectation reports it. */
const waitForText = (tab, selector, text) => tab.locator(selector, { hasText: text }).waitFor({ timeout: 30_000 }).catch(() => {});

{
  const tab = await open("gladly--api-key--form.html");
  await tab.focus("#in--api_token");
  expect("focusing a field shows its step", await currentStep(tab), "create-token");
  const stepIsVisible = () => {
    const [outer, inner] = ["#_guide", ".step.now"].map((selector) => document.querySelector(selector).getBoundingClientRect());
    return inner.top >= Math.max(outer.top, 0) && inner.bottom <= Math.min(outer.bottom, innerHeight);
  };
  for (const key of ["api_token", "agent_email", "organization_slug"]) {
    await tab.evaluate(() => { document.activeElement.blur(); scrollTo({ top: 0, behavior: "instant" }); });
    await tab.focus(`#in--${key}`);
    await tab.waitForFunction(stepIsVisible).catch(() => {});
    expect(`the guide scrolls to the step for ${key}`, await tab.evaluate(stepIsVisible));
    const fieldIsVisible = () => { const { top, bottom } = document.activeElement.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; };
    await tab.waitForFunction(fieldIsVisible).catch(() => {});
    expect(`the field ${key} stays visible`, await tab.evaluate(fieldIsVisible));
  }
  await tab.click("#find-slug .goes a");
  expect("a step leads to its field", await focusedId(tab), "in--organization_slug");
  await tab.hover("#find-slug");
  expect("reading a step shows its field", await tab.evaluate(() => document.querySelector(".near").dataset.field), "organization_slug");
  await tab.fill("#in--api_token", "canary-token");
  await tab.fill("#in--organization_slug", "https://ACME.example.com/x");
  await waitForText(tab, "#said--organization_slug", "We'll use acme");
  expect("the normalized value is shown", await tab.textContent("#said--organization_slug"), "We'll use acme");
  expect("the host is shown", await tab.textContent(".host strong"), "acme.example.com");
  await tab.fill("#in--organization_slug", "acme.gladly.qa");
  await tab.waitForSelector("#said--organization_slug button", { timeout: 30_000 });
  await tab.click("#said--organization_slug button");
  expect("the environment that matches an address is offered", await tab.isChecked('input[value="sandbox"]'));
  expect("secrets are not sent for the preview", posted.every(({ body }) => !body.includes("canary")));
  await tab.waitForSelector("#find-slug.done").catch(() => {});
  expect("a step whose field is filled in is marked as done", await tab.evaluate(() => document.getElementById("find-slug").classList.contains("done")));
  expect("a secret is hidden", await tab.getAttribute("#in--api_token", "type"), "password");
  await tab.click(".reveal");
  expect("a secret can be revealed", await tab.getAttribute("#in--api_token", "type"), "text");
  await tab.fill("#in--agent_email", "a@b.example");
  await tab.click(".send .button");
  await tab.waitForURL("**/session/s-1/i-1");
  const form = new URLSearchParams(posted.findLast(({ path }) => path === "/session/s-1/i-1").body);
  expect("the form is sent", [form.get("csrf"), form.get("environment"), form.get("field.api_token"), form.get("do")], ["example-token", "sandbox", "canary-token", "connect"]);
}
{
  const tab = await open("gladly--api-key--form.html", { viewport: { width: 360, height: 740 }, hasTouch: true });
  await tab.click("#field--api_token .where");
  expect("on a phone, a step opens below its field", (await tab.textContent("#field--api_token .peek")).includes("Create a token"));
  expect("the open step is announced", await tab.getAttribute("#field--api_token .where", "aria-expanded"), "true");
  await tab.press("#field--api_token .where", "Space");
  expect("the step closes again", await tab.isHidden("#field--api_token .peek"));
}
{
  const tab = await open("gladly--api-key--failed-wrong_secret.html");
  expect("after a failure, the summary has focus", await focusedId(tab), "_summary");
  expect("the step to return to is open", await currentStep(tab), "create-token");
  expect("the open step is not marked as done", await tab.evaluate(() => document.getElementById("create-token").classList.contains("done")), false);
  await tab.click('#_summary a[href="#in--api_token"]');
  expect("the summary links to the field at fault", await focusedId(tab), "in--api_token");
  const plain = await open("gladly--api-key--failed-wrong_secret.html", { javaScriptEnabled: false });
  expect("the summary has focus without JavaScript", await plain.locator("#_summary:focus").count(), 1);
}
{
  const tab = await open("gladly--api-key--failed-wrong_secret.html");
  await tab.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  expect("the labels of fields are set in bold", await tab.locator("#_summary p[lang=en] strong").allTextContents(), ["Agent Email", "API Token", "Agent Email"]);
  await tab.getByRole("button", { name: "Copy" }).click();
  await waitForText(tab, "#_summary [role=status]", "Copied");
  expect("the reference can be copied", await tab.evaluate(() => navigator.clipboard.readText()), "att_7Qm2Kx");
  expect("copying is announced", await tab.textContent("#_summary [role=status]"), "Copied");
  await tab.fill("#in--api_token", "another-token");
  expect("a changed value no longer counts as rejected", await tab.getAttribute("#in--api_token", "aria-invalid"), null);
  const tenant = await open("gladly--api-key--failed-wrong_tenant.html");
  const slug = tenant.locator("#in--organization_slug");
  const preview = () => tenant.waitForResponse(/\/preview$/).then((response) => response.finished());
  await Promise.all([preview(), tenant.fill("#in--agent_email", "b@c.example")]);
  expect("a rejected value stays marked while another one changes", await slug.getAttribute("aria-invalid"), "true");
  await slug.fill("acme-two");
  await tenant.waitForSelector("#in--organization_slug:not([aria-invalid])").catch(() => {});
  expect("a rejected value that changes is no longer marked", await slug.getAttribute("aria-invalid"), null);
  const bare = await open("gladly--api-key--failed-wrong_secret.html");
  await bare.evaluate(() => { Object.defineProperty(navigator, "clipboard", { value: undefined }); });
  await bare.getByRole("button", { name: "Copy" }).click();
  await waitForText(bare, "#_summary [role=status]", "Copied");
  expect("the reference can be copied without the clipboard API", await bare.textContent("#_summary [role=status]"), "Copied");
}
{
  const tab = await open("gladly--api-key--form.html", { viewport: { width: 1280, height: 900 } });
  const stops = [];
  await tab.focus('[name="environment"]');
  for (let i = 0; i < 5; i += 1) {
    await tab.keyboard.press("Tab");
    stops.push(await tab.evaluate(() => document.activeElement.id || document.activeElement.className));
  }
  expect("the Tab key reaches an input before its link to the guide", stops, ["in--organization_slug", "where", "in--agent_email", "where", "in--api_token"]);
  const isNextToLabel = await tab.evaluate(() => {
    const [label, link] = ["label", ".where"].map((part) => document.querySelector(`#field--api_token ${part}`).getBoundingClientRect());
    return link.left > label.right && Math.abs(link.top - label.top) < 12;
  });
  expect("the link is shown next to the label", isNextToLabel);
  const { nodes } = await (await tab.context().newCDPSession(tab)).send("Accessibility.getFullAXTree");
  const headings = nodes.filter(({ role }) => role?.value === "heading").map(({ name }) => name.value);
  expect("the guide's heading reads as a sentence", headings.some((name) => name.startsWith("Guide: How to find")));
  expect("password managers are asked to leave a secret alone", await tab.evaluate(() => {
    const { dataset, autocomplete } = document.getElementById("in--api_token");
    return [dataset["1pIgnore"], dataset.bwignore, dataset.lpignore, dataset.formType, autocomplete];
  }), ["", "", "true", "other", "off"]);
  expect("browsers can fill in an email address", await tab.getAttribute("#in--agent_email", "autocomplete"), "email");
}
{
  for (const name of ["gladly--api-key--confirm.html", "gladly--api-key--done.html"]) {
    for (const options of [{}, { javaScriptEnabled: false }]) {
      const tab = await open(name, options);
      expect(`${name}: the heading of a result has focus`, await tab.evaluate(() => document.activeElement.tagName), "H1");
    }
  }
}
{
  const tab = await open("gladly--api-key--form.html", { forcedColors: "active" });
  const [primary, secondary] = await Promise.all([".send .button", ".hand .button"].map((button) =>
    tab.evaluate((selector) => getComputedStyle(document.querySelector(selector)).backgroundColor, button)));
  expect("the primary button stands out in forced colors", primary !== secondary);
}
{
  const tab = await open("providers-long.html", { viewport: { width: 360, height: 740 } });
  const [logo, name, title] = await Promise.all([".product .logo", ".product bdi", "h1"].map((selector) => tab.locator(selector).first().boundingBox()));
  expect("a long name leaves the logo its size", [logo.width, logo.height], [28, 28]);
  expect("a long name takes at most two lines, and a heading five", name.height < 60 && title.height < 160);
  expect("the whole name can be read", (await tab.getAttribute(".product bdi", "title")).length > 100 && (await tab.getAttribute("h1", "title")).length > 100);
}
{
  const tab = await open("gladly--api-key--edit.html");
  expect("the form does not ask for a saved secret", await tab.isHidden("#in--api_token"));
  await tab.fill("#in--organization_slug", "other");
  await tab.press("#in--organization_slug", "Tab");
  expect("after a change of host, the form asks for the secret again", await tab.isVisible("#in--api_token"));
}
{
  const tab = await open("conditions--form.html");
  const visible = async (...ids) => { const all = []; for (const id of ids) all.push(await tab.isVisible(`#${id}`)); return all; };
  const parts = ["field--state", "token-in-europe", "token-in-the-states", "agree"];
  expect("conditions see the default", await visible(...parts), [false, true, false, false]);
  await tab.selectOption("#in--region", "us");
  await tab.selectOption("#in--state", "ca");
  expect("conditions see the chosen option", await visible(...parts), [true, false, true, true]);
  await tab.selectOption("#in--region", "eu");
  expect("a field that is hidden meets no condition", await visible(...parts), [false, true, false, false]);
  await tab.selectOption("#in--region", "us");
  await tab.selectOption("#in--region", "");
  expect("conditions see the default of a field that was emptied", await visible(...parts), [false, true, false, false]);
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
  expect("checks are shown while they run", await tab.locator(".checks li").allTextContents(), ["Reading your organizationdone", "Morechecking"]);
  expect("checks are announced to screen readers", (await tab.textContent("#_status")).startsWith("Reading your organization: done"));
  await tab.waitForURL("**/confirm");
  expect("the page continues after the checks", new URL(tab.url()).pathname, "/session/s-1/i-1/confirm");
}
{
  // Every control of every form, also those that are not shown: their values survive a reload, except secrets.
  for (const name of (await readdir(folder)).filter((one) => /--form\.html$/.test(one))) {
    const tab = await open(name);
    const entered = await tab.evaluate(() => {
      const isSecret = (control) => control.type === "password" || control.matches(".masked");
      const result = { drafted: {}, secrets: 0 };
      for (const control of document.querySelectorAll('#_form [name^="field."]')) {
        if (control.localName === "select") control.value = [...control.options].at(-1).value;
        else control.value = isSecret(control) ? "canary-secret" : `entered-${control.name}`;
        if (isSecret(control)) result.secrets += 1;
        else result.drafted[control.name] = control.value;
        control.dispatchEvent(new Event("input", { bubbles: true }));
      }
      // A revealed secret is still a secret.
      for (const button of document.querySelectorAll("#_form .reveal")) button.click();
      for (const control of document.querySelectorAll('#_form [name^="field."]')) control.dispatchEvent(new Event("input", { bubbles: true }));
      return { ...result, stored: JSON.stringify({ ...sessionStorage, ...localStorage }) };
    });
    expect(`${name}: secrets are not stored`, entered.stored.includes("canary"), false);
    await tab.reload();
    const again = await tab.evaluate((names) => Object.fromEntries(names.map((one) => [one, document.querySelector(`#_form [name="${one}"]`).value])), Object.keys(entered.drafted));
    expect(`${name}: a reload keeps all other values`, again, entered.drafted);
    await tab.context().close();
  }
}
{
  const report = (says) => [{ label: "Reading your organization", state: "running", says, seconds: null }];
  progress = [{ state: "checking", reports: report("checking"), next: null }];
  const tab = await open("gladly--api-key--checking.html", {}, (page) => page.clock.install({ time: 0 }));
  /** Lets seconds pass on the page until the sentence about slow providers satisfies the condition. */
  const secondsUntil = async (condition) => {
    for (let seconds = 0; seconds < 60; seconds += 1) {
      if (condition(await tab.textContent(".patience"))) return seconds;
      await tab.clock.runFor(1000);
    }
    return null;
  };
  const shown = await secondsUntil((text) => text !== "");
  expect("a slow provider is mentioned after 8 seconds without news", shown !== null && shown > 8 && shown < 30);
  expect("the sentence names the provider", (await tab.textContent(".patience")).includes("Gladly"));
  progress = [{ state: "checking", reports: report("checking again"), next: null }];
  expect("news removes the sentence", (await secondsUntil((text) => text === "")) !== null);
}
{
  const tab = await open("providers.html");
  await tab.fill("#_query", "zendsk");
  expect("the search tolerates a typo", await tab.locator(".providers li:visible").allTextContents().then((all) => all.map((one) => one.trim())), ["Zendesk"]);
  expect("the number of results is shown", await tab.textContent(".count"), "1 app");
  await tab.fill("#_query", "qqqq");
  expect("an empty result is explained", (await tab.textContent(".nothing strong")), "No results for “qqqq”");
  await tab.fill("#_query", "");
  await tab.click('[data-category="crm"]');
  expect("a category filters the list", await tab.locator(".providers li:visible").count() < 5);
  await tab.press("#_query", "Enter");
  await tab.waitForURL("**/session/s-1/*");
}
{
  const tab = await open("parent?page=gladly--api-key--form-embedded.html");
  await tab.waitForFunction(() => window.heard.some(({ type }) => type === "height"));
  const heard = await tab.evaluate(() => window.heard.filter(({ source }) => source === "waystone"));
  expect("the embedding page receives the height", heard.find(({ type }) => type === "height").height > 500);
  expect("the embedded page has no header bar", await tab.frameLocator("iframe").locator(".bar").count(), 0);
}
{
  const tab = await open("gladly--api-key--form.html", { javaScriptEnabled: false });
  expect("without JavaScript, controls that need it are hidden", await tab.isHidden(".reveal"));
  await tab.check('input[value="production"]');
  await tab.fill("#in--organization_slug", "plain");
  await tab.fill("#in--agent_email", "a@b.example");
  await tab.fill("#in--api_token", "t");
  await tab.click(".send .button");
  expect("the form is sent without JavaScript", new URLSearchParams(posted.at(-1).body).get("field.organization_slug"), "plain");
}
await browser.close();
server.close();
console.log(`${expectations} expectations, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;
