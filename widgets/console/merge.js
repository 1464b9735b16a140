// Two tickets that are one matter: choose as which other one the open ticket goes on.

import { $ } from "./facts.js";
import { act, ticketUrl, toast } from "./forms.js";
import { moved, openTicket } from "./navigate.js";
import { parsed } from "./swaps.js";

const PAUSE = 200; // milliseconds after the last key
let url = null; // of the ticket that the menu was opened for
let typing = 0;
let asking = null;

const menu = () => $("#menu-merge");
const targets = () => $("[data-targets]", menu());

document.addEventListener("toggle", (event) => {
  if (event.target.id !== "menu-merge" || event.newState !== "open") return;
  url = ticketUrl("");
  const field = $("input", menu());
  field.value = "";
  targets().replaceChildren();
  field.focus();
  void look("");
}, true);

document.addEventListener("input", (event) => {
  if (!event.target.matches("#menu-merge input")) return;
  clearTimeout(typing);
  typing = setTimeout(() => look(event.target.value.trim()), PAUSE);
});

/** What it can be merged into, as the desk draws it; only the newest question is answered. */
async function look(query) {
  clearTimeout(typing);
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const answer = await fetch(`${url}merge-targets?q=${encodeURIComponent(query)}`, { credentials: "same-origin", signal: mine.signal });
    if (!answer.ok) throw new Error((await answer.json()).says);
    const found = parsed(await answer.text());
    if (!mine.signal.aborted) targets().replaceChildren(...found.children);
  } catch (error) {
    if (!mine.signal.aborted) toast(error.message);
  }
}

document.addEventListener("click", (event) => {
  const entry = event.target.closest("#menu-merge [data-number]");
  if (entry) void merge(entry.dataset.number);
});

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("#menu-merge form")) return;
  event.preventDefault();
  await look($("input", menu()).value.trim()); // what stands there now, not what was found for half of it
  $("[data-number]", menu())?.focus();
});

async function merge(number) {
  const before = moved();
  menu().hidePopover();
  const told = await act(`${url}merge`, { number });
  if (told?.ticket && moved() === before) openTicket(told.ticket);
}
