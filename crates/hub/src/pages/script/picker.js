// Filters providers while the person types, using the same comparison as `search` in `picker.rs`.
const query = document.getElementById("_query");
if (query) {
  const list = one(".providers");
  const items = all("li", list).map((item) => ({ item, names: item.dataset.names.split("|"), categories: item.dataset.categories.split(" ") }));
  const [count, nothing] = [one(".count"), one(".nothing")];
  let category = one(".chips [aria-current]")?.dataset.category ?? "";
  const plain = (text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).join(" ");

  // The edit distance, counting insertions, deletions, substitutions and swaps of adjacent letters.
  const editDistance = (a, b) => {
    let [older, old] = [[], [...Array(b.length + 1).keys()]];
    for (let i = 1; i <= a.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= b.length; j += 1) {
        row[j] = Math.min(old[j] + 1, row[j - 1] + 1, old[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], older[j - 2] + 1);
      }
      [older, old] = [old, row];
    }
    return old[b.length];
  };
  const distance = (name, text) => {
    if (name.startsWith(text)) return 0;
    if (name.split(" ").some((word) => word.startsWith(text))) return 1;
    if (name.replaceAll(" ", "").includes(text.replaceAll(" ", ""))) return 2;
    const length = [...text].length;
    if (length < 3) return Infinity;
    const letters = [...name];
    const least = Math.min(...[0, 1, -1].map((more) => editDistance(letters.slice(0, length + more), [...text])));
    return least <= (length < 6 ? 1 : 2) ? 3 + least : Infinity;
  };

  // Keeps the search in the address, so that a reload and going back show the same results.
  let timer;
  const remember = () => {
    clearTimeout(timer);
    const parameters = new URLSearchParams(Object.entries({ q: query.value, category }).filter(([, value]) => value));
    const search = String(parameters);
    history.replaceState(history.state, "", location.pathname + (search && `?${search}`));
  };

  const find = () => {
    const text = plain(query.value);
    const found = [];
    for (const { item, names, categories } of items) {
      const isIn = !category || categories.includes(category);
      const score = text ? Math.min(...names.map((name) => distance(plain(name), text))) : 0;
      item.hidden = !isIn || score === Infinity;
      if (!item.hidden) found.push([score, names[0].toLowerCase(), item]);
    }
    found.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
    for (const [, , item] of found) list.append(item);
    count.textContent = found.length === 1 ? count.dataset.one : fill(count.dataset.many, { count: found.length });
    nothing.hidden = found.length > 0;
    one("strong", nothing).textContent = fill(nothing.dataset.says, { query: query.value });
    for (const chip of all(".chips a")) {
      if (chip.dataset.category === category) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
    // Browsers limit how often a page may change its address.
    clearTimeout(timer);
    timer = setTimeout(remember, 500);
  };
  list.addEventListener("click", remember);
  query.addEventListener("input", find);
  one(".find .button").hidden = true;
  query.form.addEventListener("submit", (event) => {
    event.preventDefault();
    one("li:not([hidden]) a", list)?.click();
  });
  for (const chip of all(".chips a")) {
    chip.addEventListener("click", (event) => {
      event.preventDefault();
      category = chip.dataset.category;
      find();
    });
  }
}
