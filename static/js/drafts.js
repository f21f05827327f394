// A half-written complaint survives a lost signal or a closed page, but only on a device its owner called their own.
// Nothing is sent from here; nothing is kept unless the box is ticked; signing out and sending wipe it.
//
//   form[data-draft="complain"]      the form whose words are kept
//   [data-draft-mine] input          "this device is mine"
//   [data-draft-done="complain"]     on the page after sending: the draft has done its work
//   form[data-draft-wipe]            sending it (signing out) forgets every draft
//   [data-offline]                   shown while there is no signal

const PREFIX = "draft:";
const NEVER = "[type=password], [type=file], [type=hidden], [type=submit]";

/** The browser may refuse storage altogether; then there are simply no drafts. */
function storage(kind) {
  try {
    return window[kind];
  } catch {
    return null;
  }
}

/** Every control of the form that may be kept, with its name. */
function controls(form) {
  return [...form.elements].filter((at) => at.name && !at.matches(NEVER) && !at.closest(".trap, [data-draft-mine]"));
}

/** What the form says now, as [name, value] pairs. */
function read(form) {
  return controls(form)
    .filter((at) => (at.type === "radio" || at.type === "checkbox" ? at.checked : at.value))
    .map((at) => [at.name, at.value]);
}

/** Put kept words back, without writing over what the server already filled in. */
function restore(form, pairs) {
  for (const at of controls(form)) {
    const kept = pairs.filter(([name]) => name === at.name).map(([, value]) => value);
    if (!kept.length) continue;
    if (at.type === "radio" || at.type === "checkbox") at.checked = kept.includes(at.value);
    else if (!at.value) at.value = kept[0];
  }
}

/** Keep the draft of one form. */
function keep(form, store) {
  const key = PREFIX + form.dataset.draft;
  const offer = form.querySelector("[data-draft-mine]");
  const mine = offer?.querySelector("input");
  if (!mine) return;
  offer.hidden = false;
  const kept = store.getItem(key);
  if (kept) {
    mine.checked = true;
    try {
      restore(form, JSON.parse(kept));
    } catch {
      store.removeItem(key); // not ours, or cut short
    }
  }
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!mine.checked) return store.removeItem(key);
      try {
        store.setItem(key, JSON.stringify(read(form)));
      } catch {
        mine.checked = false; // the device is full; say so by not claiming to keep it
      }
    }, 300);
  });
}

/** Forget every draft on this device. */
function wipe(store) {
  Object.keys(store)
    .filter((key) => key.startsWith(PREFIX))
    .forEach((key) => store.removeItem(key));
}

function showSignal() {
  document.querySelectorAll("[data-offline]").forEach((at) => (at.hidden = navigator.onLine));
}

const store = storage("localStorage");
if (store) {
  document.querySelectorAll("[data-draft-done]").forEach((at) => store.removeItem(PREFIX + at.dataset.draftDone));
  document.querySelectorAll("form[data-draft]").forEach((form) => keep(form, store));
  document.querySelectorAll("form[data-draft-wipe]").forEach((form) => {
    form.addEventListener("submit", () => wipe(store));
  });
}
window.addEventListener("online", showSignal);
window.addEventListener("offline", showSignal);
showSignal();
