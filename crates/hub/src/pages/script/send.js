// Sends forms. If a form were submitted while the Hub cannot be reached, the browser's error page would replace the form
// and everything entered in it. So this asks the Hub for a response first, and then submits the form as usual. When a
// page says that nothing was sent, that is certain.
const release = (form) => {
  delete form.dataset.sent;
  for (const button of all("button[aria-disabled]")) button.removeAttribute("aria-disabled");
};
const silence = () => { for (const note of all(".unsent")) note.remove(); };
// Says next to the button that the form was not sent. Screen readers announce text that is added to an alert.
const explain = (form, button) => {
  const note = Object.assign(document.createElement("p"), { className: "error unsent", role: "alert" });
  (button?.parentElement ?? form).append(note);
  note.textContent = document.body.dataset[navigator.onLine ? "unreachable" : "offline"];
  note.scrollIntoView({ block: "nearest" });
};
const isReachable = async (url) => {
  try {
    const options = { method: "HEAD", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10_000) };
    // A server in front of the Hub responds with these statuses if it cannot reach the Hub.
    return ![502, 503, 504].includes((await fetch(url, options)).status);
  } catch { return false; }
};

// The form that is submitted because the Hub can be reached.
let reachable;
// Handles submissions after all other listeners, which may reject them. A form is sent only once, unless it opens a
// window, which the person may need to open again.
addEventListener("submit", async (event) => {
  const { target: form, submitter: button } = event;
  if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
  if (form === reachable) { reachable = null; return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  button?.setAttribute("aria-disabled", "true");
  // A window opens only during the click. Old browsers cannot submit a form later.
  if (form.target || !form.requestSubmit || !AbortSignal.timeout) return;
  event.preventDefault();
  silence();
  if (!await isReachable(form.action)) {
    release(form);
    explain(form, button);
    return;
  }
  // Without this, going back from the result would lead to the result again (`Visit` in `fill.rs`).
  if (form.dataset.preview) history.replaceState(history.state, "", "?edit");
  reachable = form;
  form.requestSubmit(button);
  // The form was changed in the meantime, and is no longer valid.
  if (reachable) { reachable = null; release(form); }
});
addEventListener("online", silence);

// Replaces this page if the link attempt has moved on to another page, or the session has ended, while the page was not
// visible: in the browser's back/forward cache, or in a modal that was closed.
const renew = async () => {
  try {
    const { type, status } = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" });
    if (type === "opaqueredirect" || status === 401 || status === 410) location.replace(location.pathname + location.search);
  } catch { /* Sending the form reports that the Hub cannot be reached. */ }
};
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of all("form[data-sent]")) release(form);
  renew();
});
addEventListener("message", ({ origin, source, data }) => {
  if (isFramed && source === window.parent && origin === parentOrigin && data?.type === "shown") renew();
});
