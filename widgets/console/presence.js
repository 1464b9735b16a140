// The agent's own state, chosen at its button: at once, or when the present talk is over; with a reason where one is asked.

import { $, $$ } from "./facts.js";
import { act } from "./forms.js";

const menu = $("#menu-presence");
const later = $("[data-later]", menu), whys = $$("[data-why]", menu);

menu.addEventListener("toggle", (event) => {
  if (event.newState !== "open") return;
  const { intent, next, talking } = $("#presence").dataset;
  for (const entry of $$("[data-value]", menu)) entry.setAttribute("aria-pressed", String(entry.dataset.value === (next || intent)));
  later.hidden = talking === undefined;
  $("input", later).checked = Boolean(next) && !later.hidden;
  for (const why of whys) ask(why, false);
});

function ask(why, open) {
  why.hidden = !open;
  why.previousElementSibling.setAttribute("aria-expanded", String(open));
  if (open) $("input", why).focus();
  else why.reset();
}

function choose(state, reason = "") {
  const wait = !later.hidden && $("input", later).checked;
  menu.hidePopover();
  void act("/app/presence", { intent: state, reason, ...(wait ? { later: "yes" } : {}) });
}

menu.addEventListener("click", (event) => {
  const entry = event.target.closest("[data-value]");
  if (!entry) return;
  if (!("asks" in entry.dataset)) choose(entry.dataset.value);
  else for (const why of whys) ask(why, why === entry.nextElementSibling);
});

menu.addEventListener("submit", (event) => {
  event.preventDefault();
  choose(event.target.previousElementSibling.dataset.value, event.target.elements.reason.value);
});
