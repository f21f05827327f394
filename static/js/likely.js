// While a complaint is typed at the counter: is it here already? The server answers with a fragment, or with nothing.
// Without script the same question comes once, after the form was sent.
//
//   [data-likely="<url>"]            where the fragment goes; the form around it is what is asked about
//   input[name=likely_shown]         the numbers that were shown, so that nobody is asked about them again

const PAUSE = 700; // milliseconds without a key before we ask
const ASKED_ABOUT = ["text", "phone", "email", "origin_number", "place_id", "category_id", "wish", "csrf_token", "channel"];
const WORTH_ASKING = 12; // characters of a text

/** What the form says of the matter, as far as it is compared. */
function said(form) {
  const all = new FormData(form);
  const some = new URLSearchParams();
  for (const name of ASKED_ABOUT) some.set(name, all.get(name) ?? "");
  return some;
}

/** Show `html` in `box`, and remember in the form which numbers were shown. */
function show(box, html, form) {
  const parsed = new DOMParser().parseFromString(`<template>${html}</template>`, "text/html");
  box.replaceChildren(document.importNode(parsed.querySelector("template").content, true));
  const shown = [...box.querySelectorAll("[data-number]")].map((at) => at.dataset.number);
  box.hidden = !shown.length;
  const kept = form.elements.likely_shown;
  kept.value = [...new Set([...kept.value.split(","), ...shown])].filter(Boolean).join(",");
}

/** Ask after every pause in the typing; only the newest answer counts. */
function watch(box) {
  const form = box.closest("form");
  let timer = 0;
  let turn = 0;
  let before = "";

  async function ask() {
    const now = said(form);
    const isLong = now.get("text").length >= WORTH_ASKING;
    const isWorthIt = isLong || now.get("phone") || now.get("email") || now.get("origin_number");
    if (String(now) === before) return;
    before = String(now);
    const mine = ++turn;
    if (!isWorthIt) return show(box, "", form);
    try {
      const answer = await fetch(box.dataset.likely, { method: "POST", body: now, redirect: "error" });
      if (answer.ok && mine === turn && !box.contains(document.activeElement)) {
        show(box, await answer.text(), form);
      }
    } catch {
      // no signal: the form can be sent all the same
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}

document.querySelectorAll("[data-likely]").forEach(watch);
