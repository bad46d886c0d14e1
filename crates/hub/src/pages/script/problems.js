// Judges the form's values before they are sent, and shows each problem next to its field. Secrets are judged here, by
// the rules in the page. All other values are judged by the Hub, through the preview. The Hub judges every submitted
// value again.
const form = document.getElementById("_form");
const environment = () => one('input[name="environment"]:checked, select[name="environment"]', form)?.value;

// The characters that cannot be seen, as the Hub defines them.
const INVISIBLE = String.raw`\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff`;
const BLANK = String.raw`[\s\u0085${INVISIBLE}]`;
const [BLANKS, ENDS] = [BLANK, `^${BLANK}+|${BLANK}+$`].map((pattern) => new RegExp(pattern, "gu"));
const STEPS = {
  trim: (value) => value.replace(ENDS, ""),
  digits: (value) => value.replace(/[^0-9]/g, ""),
  strip_prefix: (value, part) => (value.startsWith(part) ? value.slice(part.length) : value),
  strip_suffix: (value, part) => (value.endsWith(part) ? value.slice(0, value.length - part.length) : value),
  before_first: (value, part) => value.split(part)[0],
  after_last: (value, part) => value.split(part).at(-1),
  no_bom: (value) => value.replace(/^\ufeff+/, ""),
  no_spaces: (value) => value.replace(BLANKS, ""),
  pem_lines: (value) => (/\n/.test(value.trim()) ? value : value.replaceAll("\\r", "").replaceAll("\\n", "\n")),
};
const QUOTES = ['""', "''", "“”", "„“", "„”", "‘’", "«»"];
const isObject = (text) => {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch { return false; }
};
const matches = (pattern, value) => {
  try { return new RegExp(`^(?:${pattern})$`, "v").test(value); } catch { return true; }
};
// Each test returns whether the value has the problem.
const TESTS = {
  prefix: (value, part) => value.startsWith(part),
  contains: (value, part) => value.includes(part),
  lines: (value) => /\p{Cc}/u.test(value),
  invisible: (value) => new RegExp(`[${INVISIBLE}]`, "u").test(value),
  space: (value) => /[\s\u0085]/.test(value),
  quoted: (value) => value.length > 1 && QUOTES.includes(value[0] + value.at(-1)),
  json: (value) => !isObject(value),
  pem: (value) => !value.includes(`-----END ${/^-----BEGIN ([^]+?)-----/.exec(value.trim())?.[1]}-----`),
  pattern: (value, pattern) => !matches(pattern, value),
};

// The Hub's latest judgment of each field's value.
const judgments = new Map();
// The values that the provider rejected. Each stays marked until it changes.
const rejected = new Map();
const partsOf = (field) => ({
  control: document.getElementById(`in--${field.dataset.field}`),
  error: document.getElementById(`error--${field.dataset.field}`),
  rules: JSON.parse(field.dataset.rules),
});

/** Returns the problem with a field's value, or `null` if the page knows of none. */
const problemOf = (field, isSending = false) => {
  const { control, rules } = partsOf(field);
  if (field.hidden) return null;
  const value = rules.accept.reduce((text, [step, part]) => STEPS[step](text, part), control.value);
  if (value.replace(BLANKS, "") === "") return isSending ? rules.missing : null;
  const failed = rules.tests.find(({ is, part }) => TESTS[is](value, part));
  if (failed) return failed.says;
  const judgment = judgments.get(field.dataset.field);
  return judgment?.value === control.value ? judgment.problem : null;
};

const showProblem = (field, problem) => {
  const { control, error } = partsOf(field);
  field.classList.toggle("bad", problem !== null);
  if (problem) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  error.lang = problem?.lang ?? document.documentElement.lang;
  error.replaceChildren(...(problem?.parts ?? []).map(([text, isLabel]) =>
    isLabel ? Object.assign(document.createElement("strong"), { textContent: text }) : text));
};

/** Whether the page knows that a value is right: it passes the page's rules, and the Hub has no objection. */
const isRight = (key) => {
  const field = document.getElementById(`field--${key}`);
  const { control } = partsOf(field);
  if (control.getAttribute("aria-invalid") === "true" || problemOf(field)) return false;
  const isJudged = form.dataset.preview && !control.matches(".secret *");
  const { value, fits } = judgments.get(key) ?? {};
  return !isJudged || (value === control.value && fits);
};

/** Takes the Hub's judgment of a value. A person who is still typing is not told about a new problem. */
const judged = (key, value, problem, fits = !problem) => {
  judgments.set(key, { value, problem, fits });
  const field = document.getElementById(`field--${key}`);
  const { control } = partsOf(field);
  // A missing value is reported when the form is sent, and not by the Hub's preview.
  const isOpen = value.trim() === "" || control.value !== value || (!problem && rejected.get(key) === value);
  if (!isOpen && (!problem || control !== document.activeElement || field.matches(".bad"))) {
    showProblem(field, problemOf(field));
  }
  form.dispatchEvent(new Event("judged"));
};

if (form) {
  const fields = all(".field[data-field]", form);
  const choice = document.getElementById("_environment");
  // The browser would report problems in its own language and style.
  form.noValidate = true;
  for (const field of fields) {
    const { control } = partsOf(field);
    const { value } = control;
    if (control.matches("[aria-invalid]")) rejected.set(field.dataset.field, value);
    judgments.set(field.dataset.field, { value, problem: null, fits: true });
  }
  const chooseError = document.getElementById("_environment-error");
  const showMissing = (isMissing) => {
    chooseError.textContent = isMissing ? chooseError.dataset.missing : "";
    chooseError.parentElement.classList.toggle("bad", isMissing);
    if (choice.matches("select")) choice.setAttribute("aria-invalid", String(isMissing));
  };

  form.addEventListener("input", ({ target }) => {
    if (target.name === "environment" && choice) showMissing(false);
    const field = target.closest(".field.bad[data-field]");
    const isWaiting = form.dataset.preview && !target.matches(".secret *") && target.value.trim() !== "";
    if (field && !isWaiting) showProblem(field, problemOf(field));
  });
  form.addEventListener("focusout", ({ target }) => {
    const field = target.closest(".field[data-field]");
    if (!field || !target.id.startsWith("in--")) return;
    released.then(() => {
      const problem = problemOf(field);
      if (problem && target !== document.activeElement) showProblem(field, problem);
    });
  });

  // Lists the fields with problems above the form, as the Hub does.
  const summarize = (wrong) => {
    const old = document.getElementById("_summary");
    const box = Object.assign(document.createElement("section"), { id: "_summary", className: "note stop", tabIndex: -1 });
    box.append(document.getElementById("_problems").content.cloneNode(true));
    one("h2", box).id = "_summary-title";
    box.setAttribute("aria-labelledby", "_summary-title");
    one("ul", box).append(...wrong.map(({ id, label }) => {
      const link = Object.assign(document.createElement("a"), { href: `#${id}`, textContent: label.textContent, lang: label.lang });
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    if (old) old.replaceWith(box);
    else (form.closest(".sides") ?? form).before(box);
    return box;
  };
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formNoValidate) return;
    const wrong = [];
    if (choice && !environment()) {
      showMissing(true);
      const control = one('[name="environment"]', form);
      wrong.push({ id: "_environment", control, place: choice, label: one("legend, label", chooseError.parentElement) });
    }
    for (const field of fields) {
      const problem = problemOf(field, true);
      if (!problem) continue;
      showProblem(field, problem);
      const { control } = partsOf(field);
      wrong.push({ id: control.id, control, place: field, label: one("label", field) });
    }
    if (wrong.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const box = summarize(wrong);
    const [{ control, place }] = wrong;
    const details = control.closest("details");
    if (details) details.open = true;
    control.focus({ preventScroll: true });
    const fits = place.getBoundingClientRect().bottom - box.getBoundingClientRect().top < innerHeight;
    (fits ? box : place).scrollIntoView({ block: "nearest", behavior: "instant" });
    form.dispatchEvent(new Event("judged"));
  });
}
