// Keys for people who work in lists all day. Every key only presses what is on the page:
// an element says which with data-key="d"; rows of .list and .task links are walked with j and k.
// Who speaks to the computer, or hits keys by mistake, switches them off (WCAG 2.1.4): a tick in the list of keys.
//
//   #keys                  the dialog with the list; "?" opens it
//   [data-keys-off]        its tick, kept in this browser
//   [data-keys-open]       the way to the list that needs no such key; hidden without script

const ROWS = ".list tbody tr, a.task";
const WRITTEN_IN = "input:not([type=radio]):not([type=checkbox]), textarea, select";

/** Is the person writing, or holding a key that belongs to the browser? */
function isBusy(event) {
  const at = event.target;
  const writes = at instanceof HTMLElement && (at.isContentEditable || at.matches(WRITTEN_IN));
  return writes || event.ctrlKey || event.metaKey || event.altKey;
}

/** The row that is at hand now, or null. */
function rowAtHand() {
  return document.querySelector(".at-hand");
}

/** Move by `step` rows (1 down, -1 up) and put the focus on the row's link. */
function moveBy(step) {
  const rows = [...document.querySelectorAll(ROWS)];
  if (!rows.length) return;
  const from = rows.indexOf(rowAtHand());
  const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1);
  rows.forEach((row, i) => row.classList.toggle("at-hand", i === to));
  const link = rows[to].matches("a") ? rows[to] : rows[to].querySelector(".c-what a, a[href]");
  link?.focus({ preventScroll: true });
  rows[to].scrollIntoView({ block: "nearest" });
}

/** Press the element that carries this key: in the row at hand first, else on the page. */
function press(key) {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const target = rowAtHand()?.querySelector(wanted) ?? document.querySelector(wanted);
  if (!target) return false;
  if (target.matches(WRITTEN_IN)) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
  return true;
}

const KEPT = "keys-off";
let areOff = false;

/** The browser may refuse storage altogether; then the tick counts for this page. */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Let the keys work or not, and let the page show it. */
function switchKeys(off) {
  areOff = off;
  document.documentElement.dataset.keys = off ? "off" : "on";
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target instanceof HTMLElement) {
    const menu = event.target.closest("details.menu[open]");
    if (!menu) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus(); // what had the focus is out of sight now
    return;
  }
  if (areOff || isBusy(event) || document.querySelector("dialog:modal")) return;
  if (event.key === "j") moveBy(1);
  else if (event.key === "k") moveBy(-1);
  else if (event.key === "?") document.getElementById("keys")?.showModal();
  else if (event.key.length !== 1 || !press(event.key)) return;
  event.preventDefault();
});

const tick = document.querySelector("[data-keys-off]");
if (tick) {
  tick.checked = storage()?.getItem(KEPT) === "1";
  switchKeys(tick.checked);
  tick.addEventListener("change", () => {
    switchKeys(tick.checked);
    if (tick.checked) storage()?.setItem(KEPT, "1");
    else storage()?.removeItem(KEPT);
  });
}
for (const way of document.querySelectorAll("[data-keys-open]")) {
  way.hidden = !tick;
  way.addEventListener("click", () => document.getElementById("keys")?.showModal());
}

// A menu closes when one clicks elsewhere, as menus do.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});
