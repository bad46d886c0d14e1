// Keeps entered values through reloads and through leaving and reopening the form, until the account is linked, the
// session ends, or the tab closes. Stores only controls with `data-draft`, which secrets never have.
const DRAFT = "waystone.draft:";
// The browser may block storage in frames, and storage may be full.
const stored = (act) => { try { return act(sessionStorage); } catch { return null; } };
const forget = (segments) => stored((storage) => {
  const path = DRAFT + location.pathname.split("/").slice(0, segments).join("/");
  for (const key of Object.keys(storage)) if (key === path || key.startsWith(`${path}/`)) storage.removeItem(key);
});
if (pageEvent === "linked" || pageEvent === "helped") forget(4);
if (["link_expired", "link_revoked", "link_used", "no_session"].includes(detail)) forget(3);

if (form) {
  const controls = all("[data-draft]", form);
  const named = (name, isChosen) => controls.find((control) => control.name === name && (control.type !== "radio" || isChosen(control)));
  const valueOf = (name) => named(name, (radio) => radio.checked)?.value ?? "";
  // The values that the Hub sent with the page, and the same values together with the state of a handed-off step.
  const [sent, over] = [{}, {}];
  for (const { name, dataset } of controls) {
    const control = named(name, (radio) => radio.defaultChecked);
    sent[name] = (control?.localName === "select" ? one("option[selected]", control)?.value : control?.type === "radio" ? control.value : control?.defaultValue) ?? "";
    over[name] = `${dataset.draft}:${sent[name]}`;
  }
  // Each draft contains a value and what it replaced. A value that the Hub has changed since then is newer. A rejected
  // page repeats the values that were sent, although the Hub has not stored them.
  const drafts = stored((storage) => JSON.parse(storage.getItem(DRAFT + location.pathname))) ?? {};
  const restored = Object.keys(drafts).filter((name) => {
    const { value, replaced } = drafts[name];
    if (value === sent[name]) return false;
    if (replaced.includes(over[name])) return true;
    delete drafts[name];
    return false;
  });
  for (const name of restored) {
    const { value } = drafts[name];
    const control = named(name, (radio) => radio.value === value);
    if (!control || (control.localName === "select" && ![...control.options].some((option) => option.value === value))) continue;
    if (control.type === "radio") control.checked = true;
    else control.value = value;
    const details = control.closest("details");
    if (details) details.open = true;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("input", ({ target: { name, dataset } }) => {
    if (dataset.draft === undefined) return;
    const [value, replaced] = [valueOf(name), [...new Set([...drafts[name]?.replaced ?? [], over[name]])]];
    if (value === sent[name] && replaced.length === 1) delete drafts[name];
    else drafts[name] = { value, replaced };
    stored((storage) => storage.setItem(DRAFT + location.pathname, JSON.stringify(drafts)));
  });
  // The browser would otherwise restore some of the values itself, and older ones.
  form.autocomplete = "off";
}
