// Enhancements for all pages, and messages to the embedding page.
"use strict";
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// Sends the page's height and events to the embedding page, and to no other origin. A window that was opened by a frame
// sends the `linked` event to the frame, which forwards it.
const parentOrigin = document.body.dataset.parent;
const isFramed = Boolean(parentOrigin) && window.parent !== window;
const send = (type, detail) => {
  const message = { source: "waystone", type, ...detail };
  if (isFramed) window.parent.postMessage(message, parentOrigin);
  else if (type === "linked") window.opener?.postMessage(message, location.origin);
};
if (isFramed) {
  const sendHeight = () => send("height", { height: Math.ceil(document.documentElement.getBoundingClientRect().height) });
  new ResizeObserver(sendHeight).observe(document.body);
  // Escape first cancels the character that a person is composing, or clears a search.
  addEventListener("keydown", ({ key, defaultPrevented, isComposing, target }) => {
    const isForField = isComposing || (target.type === "search" && target.value);
    if (key === "Escape" && !defaultPrevented && !isForField) send("close");
  });
  addEventListener("message", ({ origin, data }) => {
    if (origin === location.origin && data?.source === "waystone" && data.type === "linked") send("linked", data);
  });
  for (const button of all("[data-close]")) {
    button.hidden = false;
    button.addEventListener("click", () => send("close"));
  }
}
const { event: pageEvent, detail, provider } = document.body.dataset;
send("page", { title: document.title });
if (pageEvent) send(pageEvent, { detail, provider });

// Moves the focus to the summary of problems and shows the summary, or at least its beginning if the window is small.
const summary = document.getElementById("_summary");
if (summary) {
  summary.focus({ preventScroll: true });
  const block = summary.offsetHeight < innerHeight ? "nearest" : "start";
  summary.scrollIntoView({ block, behavior: "instant" });
}

// Browsers block `autofocus` in frames.
one("h1[tabindex]")?.focus({ preventScroll: true });

// Delays layout changes until the pointer is released. Pressing a button first blurs the current field; if that moved
// the button away from the pointer, the press would not count as a click.
let released = Promise.resolve();
addEventListener("pointerdown", () => {
  released = new Promise((release) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(release), { once: true, capture: true });
  });
}, true);

// Ignores clicks right after the window gets focus. Another site could make a person double-click, and open this window
// between the two clicks.
for (const button of all("[data-careful]")) {
  let timer;
  const wait = () => {
    button.disabled = true;
    clearTimeout(timer);
    timer = setTimeout(() => { button.disabled = false; }, 500);
  };
  addEventListener("focus", wait);
  wait();
}

// Shows times in the reader's time zone.
for (const time of all("time[datetime]")) {
  const options = { dateStyle: "medium", timeStyle: "short" };
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, options).format(new Date(time.dateTime));
}
