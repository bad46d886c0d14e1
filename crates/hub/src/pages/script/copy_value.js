// Adds a button next to each occurrence of a value in a documentation page. The button copies the value.

const { value, copy, copied } = document.currentScript.dataset;
for (const code of document.querySelectorAll("code")) {
  if (!navigator.clipboard || code.textContent !== value) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = copy;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(value);
    button.textContent = copied;
    setTimeout(() => { button.textContent = copy; }, 2000);
  });
  code.after(" ", button);
}
