// "Somebody else is looking at this": an element with data-present="<url>" says every twenty seconds that the page
// is open and shows who else has it open. Without script nobody is told, and the version of a ticket still decides.

const SAID_EVERY = 20_000; // milliseconds
const GIVE_UP_AFTER = 3;

for (const element of document.querySelectorAll("[data-present]")) {
  const token = document.querySelector("input[name=csrf_token]")?.value;
  let faults = 0;

  async function say() {
    if (document.hidden) return plan();
    try {
      const answer = await fetch(element.dataset.present, {
        method: "POST",
        headers: { "X-CSRFToken": token, "X-Requested-With": "live" },
        redirect: "error",
        cache: "no-store",
      });
      if (!answer.ok) throw new Error(answer.statusText);
      faults = 0;
      const text = await answer.text();
      const parsed = new DOMParser().parseFromString(`<template>${text}</template>`, "text/html");
      element.replaceChildren(document.importNode(parsed.querySelector("template").content, true));
      element.hidden = !text.trim();
    } catch {
      faults += 1;
    }
    plan();
  }

  function plan() {
    if (faults < GIVE_UP_AFTER) setTimeout(say, SAID_EVERY);
  }

  if (token) say();
}
