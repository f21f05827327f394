// A drawn telephone that stays true by itself: asks for the bubbles every second while somebody looks at it.
// Without script the page does the same when it is opened again. Enter sends, as on the real one.

const ASKS_EVERY = 1_000; // milliseconds
const GIVES_UP_AFTER = 60; // faults in a row: the simulator was stopped

/** Keep the chat in `element` true until the page is left. */
function follow(element) {
  const url = element.dataset.chat;
  const shown = element.firstElementChild;
  let etag = element.dataset.etag;
  let faults = 0;

  async function ask() {
    if (document.hidden || shown.contains(document.activeElement)) return; // nobody reads, or a menu is open
    try {
      const answer = await fetch(url, { headers: { "If-None-Match": etag }, cache: "no-store" });
      faults = answer.ok || answer.status === 304 ? 0 : faults + 1;
      if (answer.status !== 200) return;
      etag = answer.headers.get("ETag") ?? "";
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceChildren(...parsed.body.childNodes);
    } catch {
      faults += 1;
    }
  }

  const timer = setInterval(() => (faults < GIVES_UP_AFTER ? ask() : clearInterval(timer)), ASKS_EVERY);
  document.addEventListener("visibilitychange", ask);
}

/** Let Enter send and Shift+Enter begin a line; grow with what is written. */
function writeIn(area) {
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (area.value.trim()) area.form.requestSubmit();
  });
  if (location.hash === "#tulis") area.focus({ preventScroll: true });
}

document.querySelectorAll("[data-chat]").forEach(follow);
document.querySelectorAll("[data-sends]").forEach(writeIn);
