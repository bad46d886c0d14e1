// The form and the guide next to it: focusing a field shows its step, and pointing to a step highlights its fields.
if (form) {
  const guide = document.getElementById("_guide");
  const isBeside = () => guide && getComputedStyle(guide).position === "sticky";
  const input = (key) => document.getElementById(`in--${key}`);
  const fieldOf = (key) => document.getElementById(`field--${key}`);

  const show = (step) => {
    for (const other of all(".step.now")) if (other !== step) other.classList.remove("now");
    if (!step) return;
    step.classList.add("now");
    if (isBeside()) released.then(() => bring(step));
  };
  // Scrolls the guide until the step is visible. If the step is still below the window and a field has focus, also
  // scrolls the page, but keeps the field in view. Otherwise, the page does not scroll: after a failure, for example,
  // the summary has focus and must stay in view.
  const bring = (step) => {
    const [outer, inner] = [guide.getBoundingClientRect(), step.getBoundingClientRect()];
    if (inner.top >= Math.max(outer.top, 0) && inner.bottom <= Math.min(outer.bottom, innerHeight)) return;
    const behavior = matchMedia("(prefers-reduced-motion: no-preference)").matches ? "smooth" : "auto";
    const most = guide.scrollHeight - guide.clientHeight - guide.scrollTop;
    const by = Math.min(inner.top - outer.top - 48, most);
    guide.scrollBy({ top: by, behavior });
    if (inner.bottom - by <= innerHeight || !form.contains(document.activeElement)) return;
    const field = document.activeElement.getBoundingClientRect();
    const below = Math.max(inner.bottom - by, field.bottom) - innerHeight + 48;
    scrollBy({ top: Math.min(below, inner.top - by, Math.max(0, field.top - 48)), behavior });
  };
  // The style sheet draws a line above a scrolled guide, so that its cut-off text does not look like a mistake.
  guide?.addEventListener("scroll", () => guide.classList.toggle("scrolled", guide.scrollTop > 0), { passive: true });
  const near = (keys) => {
    for (const field of all(".field")) field.classList.toggle("near", keys.includes(field.dataset.field));
  };

  form.addEventListener("focusin", (event) => {
    const field = event.target.closest(".field");
    if (!field) return;
    near([field.dataset.field]);
    if (field.dataset.step) show(document.getElementById(field.dataset.step));
  });
  for (const step of all(".step", guide ?? document.createElement("i"))) {
    const keys = step.dataset.fields.split(" ").filter(Boolean);
    step.addEventListener("pointerenter", () => near(keys));
    step.addEventListener("click", () => { near(keys); show(step); });
    step.addEventListener("focusin", () => { near(keys); show(step); });
  }
  guide?.addEventListener("pointerleave", () => {
    near([document.activeElement?.closest(".field")?.dataset.field ?? ""]);
  });

  // Moves the focus from a step to its field, and opens the `details` element if one hides the field.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#in--"]');
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const kept = target.closest("details");
    if (kept) kept.open = true;
    target.focus({ preventScroll: true });
    target.closest(".field")?.scrollIntoView({ block: "nearest" });
  });

  // Shows a field's step: next to the field if there is room, otherwise below the field.
  for (const link of all(".where", form)) {
    const field = link.closest(".field");
    const peek = one(".peek", field);
    const step = document.getElementById(field.dataset.step);
    if (!step || !peek) continue;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      near([field.dataset.field]);
      show(step);
      if (isBeside()) { step.focus({ preventScroll: true }); return; }
      const opens = peek.hidden;
      if (opens) {
        peek.replaceChildren(...[...step.cloneNode(true).childNodes]);
        for (const copy of all("[id]", peek)) copy.removeAttribute("id");
        peek.lang = step.closest("[lang]")?.lang ?? "";
        peek.setAttribute("role", "group");
        peek.setAttribute("aria-label", one("h4, h2", step).textContent);
        peek.tabIndex = -1;
      }
      peek.hidden = !opens;
      link.setAttribute("aria-expanded", String(opens));
      if (opens) peek.focus({ preventScroll: false });
    });
    link.setAttribute("role", "button");
    if (!isBeside()) link.setAttribute("aria-expanded", "false");
    link.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); link.click(); } });
  }

  // Marks steps whose fields have right values.
  const has = (key) => {
    const control = input(key);
    if (!control) return true;
    const isKept = control.closest(".kept:not(.waiting, .expired)") !== null;
    return isRight(key) && (control.value.trim() !== "" || isKept);
  };
  const mark = () => {
    for (const step of all(".step[data-fields]")) {
      const keys = step.dataset.fields.split(" ").filter(Boolean);
      step.classList.toggle("done", keys.length > 0 && keys.every(has));
    }
  };

  // Shows and hides fields and steps that depend on the environment or on other fields.
  const applies = (when) => JSON.parse(when).every(({ environments, field, values, empty }) => {
    if (environments.length && environment() && !environments.includes(environment())) return false;
    if (!field) return true;
    const typed = input(field)?.value.trim();
    return typed ? values.includes(typed) : empty;
  });
  const choose = () => {
    for (const part of all("[data-when]")) {
      part.hidden = !applies(part.dataset.when);
      for (const line of all(":scope > .only", part)) line.hidden = Boolean(environment());
    }
    for (const field of all(".field", form)) for (const control of all("input, select, textarea", field)) control.disabled = field.hidden;
  };
  form.addEventListener("input", () => {
    choose();
    mark();
  });
  form.addEventListener("judged", mark);
  // After a failure, shows the step to fix.
  const first = one(".step.now");
  if (first) show(first);
  choose();
  mark();

  // Lets people reveal a secret while they type it.
  const eye = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="3"/><path class="slash" d="M4 4l16 16"/></svg>';
  for (const button of all(".reveal", form)) {
    const control = document.getElementById(button.getAttribute("aria-controls"));
    button.innerHTML = eye;
    const turn = (shown) => {
      if (control.tagName === "INPUT") control.type = shown ? "text" : "password";
      else control.classList.toggle("clear", shown);
      button.setAttribute("aria-pressed", String(shown));
      button.setAttribute("aria-label", button.dataset.show);
      button.title = shown ? button.dataset.hide : button.dataset.show;
    };
    button.hidden = false;
    turn(false);
    button.addEventListener("click", () => { turn(button.getAttribute("aria-pressed") === "false"); control.focus(); });
    form.addEventListener("submit", () => turn(false));
  }

  // Reads a file in the browser, and copies its text into the field.
  for (const label of all("[data-file]", form)) {
    label.hidden = false;
    one("input", label).addEventListener("change", async (event) => {
      const [file] = event.target.files;
      if (!file) return;
      const control = document.getElementById(label.dataset.file);
      control.value = await file.text();
      event.target.value = "";
      control.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  // If the host changes, stored secrets must be entered again.
  for (const field of all(".field[data-host]", form)) {
    const control = one("input, select", field);
    const before = control.value;
    const note = one(`[id="host--${field.dataset.field}"]`, field);
    control.addEventListener("input", () => {
      const changed = control.value.trim() !== before;
      note.classList.toggle("maybe", changed);
      for (const kept of all(".kept", form)) { if (changed) kept.open = true; }
    });
  }
}
