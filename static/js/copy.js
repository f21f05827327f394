// A button that copies what stands in a field: [data-copy="<id of the field>"]. Shown only where the browser lets a page
// write to the clipboard; without it the field is selected and copied by hand.

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("span");
  const before = words.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      words.textContent = button.dataset.copied;
      setTimeout(() => { words.textContent = before; }, 4000);
    } catch {
      field.select();
    }
  });
}
