// Shows checks as they run: polls their progress, and opens the next page when they finish.
const polled = one("[data-poll]");
if (polled) {
  const list = polled.matches(".checks") ? polled : null;
  let failures = 0;
  // The last progress, and when it last changed.
  let [last, since] = ["", Date.now()];
  let wait = 500;

  const draw = (reports) => {
    if (!list) return;
    const changes = [];
    reports.forEach(({ label, state, says, seconds }, at) => {
      let item = list.children[at];
      if (!item) {
        item = list.firstElementChild?.cloneNode(true) ?? document.createElement("li");
        if (!one(".what", item)) {
          for (const name of ["dot", "what", "how"]) item.append(Object.assign(document.createElement("span"), { className: name }));
        }
        list.append(item);
      }
      const [what, how] = [one(".what", item), one(".how", item)];
      if (what.textContent !== label) what.textContent = label;
      if (item.className !== state || state === "waiting") {
        // Screen readers announce each state change once, but not every second of a countdown.
        if (item.className !== state && state !== "pending") changes.push(`${label}: ${says}`);
        item.className = state;
        how.textContent = says;
      }
      if (seconds !== null) item.dataset.seconds = seconds;
      else delete item.dataset.seconds;
    });
    while (list.children.length > reports.length) list.lastElementChild.remove();
    if (changes.length > 0) document.getElementById("_status").textContent = changes.join(". ");
  };

  const ask = async () => {
    try {
      const answer = await fetch(polled.dataset.poll, { headers: { accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const { state, reports, next } = await answer.json();
      failures = 0;
      draw(reports);
      if (JSON.stringify(reports) !== last) [last, since] = [JSON.stringify(reports), Date.now()];
      const patience = one(".patience");
      const says = Date.now() - since > 8000 ? patience?.dataset.says : "";
      if (patience && patience.textContent !== says) patience.textContent = says;
      // On the sign-in page, the state stays `form` until the person comes back from the provider.
      if (next && (list || state !== "form")) { location.replace(next); return; }
    } catch {
      failures += 1;
      const slow = one(".slow");
      if (slow && failures > 4) slow.hidden = false;
    }
    wait = Math.min(wait * 1.25, 2500);
    setTimeout(ask, failures ? 3000 : wait);
  };
  setTimeout(ask, 300);

  if (list) {
    setInterval(() => {
      for (const item of all("[data-seconds]", list)) {
        const left = Math.max(0, Number(item.dataset.seconds) - 1);
        item.dataset.seconds = left;
        one(".how", item).textContent = fill(list.dataset.waiting, { seconds: left });
      }
    }, 1000);
  }

  // Providers forbid framing, so the sign-in opens in a separate window while this page waits.
  // Opening the window again reuses it, because it has a name. If the browser blocks the window, the form opens a tab.
  for (const { form } of all("[data-open]")) {
    const name = `waystone${location.pathname}`;
    form.addEventListener("submit", () => {
      form.target = window.open("", name, "popup,width=560,height=760") ? name : "_blank";
    });
  }
}
