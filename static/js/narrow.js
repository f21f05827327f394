// A box that narrows a long list while one types: [data-narrow="<id of the list>"] is shown only with script.
// What is ticked never disappears, so that nothing is sent unseen.

for (const box of document.querySelectorAll("[data-narrow]")) {
  const input = box.querySelector("input");
  const list = document.getElementById(box.dataset.narrow);
  if (!input || !list) continue;
  box.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase();
    for (const item of list.children) {
      const name = item.querySelector("label")?.textContent.toLowerCase() ?? "";
      item.hidden = !name.includes(words) && !item.querySelector(".pick:checked");
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it searches, it does not send
  });
}
