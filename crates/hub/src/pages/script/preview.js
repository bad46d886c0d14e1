// Previews typed values: their normalized form, and the host. Secrets are never sent for a preview.
if (form?.dataset.preview) {
  const line = one(".host", form);
  let timer;
  let latest = 0;

  const show = (field, { kept, problem, belongs_to: belongs }, typed) => {
    const output = document.getElementById(`said--${field}`);
    const control = document.getElementById(`in--${field}`);
    if (!output || !control) return;
    judged(field, typed, problem ?? null, !problem && !belongs);
    if (control.value !== typed) return;
    const { kept: keptAs, belongs: belongsTo, switch: switchTo } = output.dataset;
    output.replaceChildren();
    if (belongs) {
      const [key, label] = belongs;
      const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: fill(switchTo, { environment: label }) });
      button.addEventListener("click", () => choose(key, output));
      output.append(`${fill(belongsTo, { environment: label })} `, button);
    } else if (kept !== null && kept !== typed) {
      const [before, after] = keptAs.split("{value}");
      const value = Object.assign(document.createElement("b"), { textContent: kept, dir: "auto" });
      output.append(before, value, after ?? "");
    }
  };
  const choose = (key, output) => {
    const radio = one(`input[name="environment"][value="${CSS.escape(key)}"]`, form);
    const chosen = radio ?? one('select[name="environment"]', form);
    if (!chosen) return;
    if (radio) radio.checked = true;
    else chosen.value = key;
    for (const type of ["input", "change"]) chosen.dispatchEvent(new Event(type, { bubbles: true }));
    output.replaceChildren();
    ask();
  };

  const ask = async () => {
    const values = {};
    for (const control of all("[data-typed], select", form)) {
      if (!control.disabled && control.name.startsWith("field.")) values[control.name.slice(6)] = control.value;
    }
    const body = {
      csrf: one('input[name="csrf"]', form).value,
      environment: environment() || null,
      values,
    };
    latest += 1;
    const current = latest;
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(answer.status);
      const { host, fields } = await answer.json();
      await released;
      if (current !== latest) return;
      line.hidden = !host;
      if (host) one("strong", line).textContent = host;
      for (const key of Object.keys(values)) show(key, fields[key] ?? { kept: null }, values[key]);
    } catch {
      // The form works without the preview.
      for (const [key, value] of Object.entries(values)) judged(key, value, null);
    }
  };
  const soon = (wait) => { clearTimeout(timer); timer = setTimeout(ask, wait); };
  form.addEventListener("input", (event) => { if (event.target.matches("[data-typed]")) soon(300); });
  form.addEventListener("focusout", (event) => { if (event.target.matches("[data-typed]") && event.target.value) soon(50); });
  form.addEventListener("change", (event) => { if (event.target.matches('select, [name="environment"]')) soon(0); });
  for (const button of all("[data-environment]", form)) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      choose(button.dataset.environment, button.parentElement);
    });
  }
}
