// The slips of a suggestion box: one more row without asking the server, and Ctrl + Enter to go on to the next.
// Without script the button [data-add-slip] sends the form, which comes back with a row more.

const MOST = 60;
const NUMBERED = /slips-\d+/g;

/** A key for the row, as the server draws them. */
function drawKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}

/** An empty copy of a row, numbered `index`. */
function emptied(row, index) {
  const copy = row.cloneNode(true);
  for (const at of [copy, ...copy.querySelectorAll("*")]) {
    for (const { name, value } of [...at.attributes]) {
      if (value.includes("slips-")) at.setAttribute(name, value.replace(NUMBERED, `slips-${index}`));
    }
    at.removeAttribute("autofocus");
    at.removeAttribute("aria-invalid");
  }
  copy.querySelectorAll(".err, .thumbs, .hint").forEach((at) => at.remove());
  for (const at of copy.querySelectorAll("input, textarea, select")) {
    if (at.matches("select")) at.selectedIndex = 0;
    else at.value = at.name.endsWith("-once") ? drawKey() : "";
  }
  return copy;
}

/** Add a row at the end and go to its text. */
function addRow(list) {
  const rows = list.querySelectorAll(".slip");
  if (rows.length >= MOST) return;
  const used = [...rows].map((row) => Number(/slips-(\d+)/.exec(row.getAttribute("aria-labelledby"))[1]));
  const row = emptied(rows[rows.length - 1], Math.max(...used) + 1);
  row.querySelector(".slip-number").textContent = String(rows.length + 1);
  list.append(row);
  row.querySelector("textarea").focus();
}

const list = document.getElementById("slips");
document.querySelector("[data-add-slip]")?.addEventListener("click", (event) => {
  event.preventDefault();
  addRow(list);
});
list?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey) return;
  event.preventDefault();
  const next = event.target.closest(".slip").nextElementSibling;
  if (next) next.querySelector("textarea").focus();
  else addRow(list);
});
