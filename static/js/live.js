// Counts that stay true while a page is open. An element with data-live="<url>" is filled with the fragment that
// the url answers; the ETag of the last answer goes along, so "nothing new" is an empty 304.

const SEEN_EVERY = 10_000; // milliseconds
const HIDDEN_EVERY = 60_000;
const GIVE_UP_AFTER = 5; // faults in a row: signed out, or the server is away

/** Keep one element true until the page is left. */
function follow(element) {
  const url = new URL(element.dataset.live, location.href);
  if (url.origin !== location.origin) return;
  let etag = "";
  let faults = 0;
  let timer = 0;

  async function ask() {
    try {
      const headers = { "X-Requested-With": "live", ...(etag && { "If-None-Match": etag }) };
      const answer = await fetch(url, { headers, redirect: "error", cache: "no-store" });
      faults = 0;
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") ?? "";
        fill(element, await answer.text());
      } else if (answer.status >= 400) {
        faults += 1;
      }
    } catch {
      faults += 1; // no signal, or a redirect to the sign-in page
    }
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (faults < GIVE_UP_AFTER) timer = setTimeout(ask, document.hidden ? HIDDEN_EVERY : SEEN_EVERY);
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? plan() : ask()));
  plan();
}

/** Put the fragment in place, but never under somebody's fingers. */
function fill(element, html) {
  if (element.contains(document.activeElement)) return;
  const parsed = new DOMParser().parseFromString(`<template>${html}</template>`, "text/html");
  element.replaceChildren(document.importNode(parsed.querySelector("template").content, true));
}

document.querySelectorAll("[data-live]").forEach(follow);
