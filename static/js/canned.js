// A canned text goes to where the cursor is. Without this script its link opens the page with the text in place.
for (const list of document.querySelectorAll("[data-canned-for]")) {
  const area = document.getElementById(list.dataset.cannedFor);
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-text]");
    if (!link || !area) return;
    event.preventDefault();
    area.setRangeText(link.dataset.text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
}
