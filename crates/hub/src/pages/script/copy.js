// Copies a link, a message or a reference, and announces it.
for (const button of all("[data-copy]")) {
  const [label, source] = [button.textContent, document.getElementById(button.dataset.copy)];
  const status = button.nextElementSibling;
  const copy = async () => {
    source.select?.();
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      return true;
    } catch {
      // An embedding page can forbid the clipboard, and plain HTTP has none. What is selected can still be copied.
      if (!source.select) getSelection().selectAllChildren(source);
      return document.execCommand("copy");
    }
  };
  let timer;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!(await copy())) return;
    button.textContent = button.dataset.copied;
    status.textContent = button.dataset.copied;
    clearTimeout(timer);
    timer = setTimeout(() => { button.textContent = label; status.textContent = ""; }, 2000);
  });
}
