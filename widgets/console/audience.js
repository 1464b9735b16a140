// Whom an answer by mail goes to: everybody on the thread, or the customer alone, for as long as it is being written.

import { $, $$, facts, kept, whenChanged } from "./facts.js";
import { act } from "./forms.js";

const key = (ticket) => `alone:${facts.me}:${ticket}`;
const row = (ticket) => $(`#recipients-${ticket}`);

/** Whether the answer goes to nobody in copy, though somebody is. */
export const isAlone = (ticket) => kept.get(key(ticket)) === "yes" && Boolean($("li.copy", row(ticket) ?? undefined));

/** `audience`: alone or all, until the answer has gone. */
export function goesTo(ticket, audience) {
  kept.set(key(ticket), audience === "alone" ? "yes" : null);
  show(ticket);
}

function show(ticket) {
  const shown = row(ticket);
  if (!shown) return;
  const now = isAlone(ticket) || !$("li.copy", shown) ? "alone" : "all";
  shown.dataset.audience = isAlone(ticket) ? "alone" : "all";
  for (const button of $$("button[data-audience]", shown)) button.setAttribute("aria-pressed", String(button.dataset.audience === now));
}

const open = () => Number($("#ticket-pane")?.dataset.ticket);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-audience]");
  if (button) {
    goesTo(open(), button.dataset.audience);
    if ("adds" in button.dataset) void act("copies", { everybody: "yes" });
  }
  const to = event.target.closest("[data-retarget]");
  if (to) retargets(to.closest(".recipients"), true);
});

/** Another address in place of the one that stands there. */
function retargets(shown, on) {
  $("li.to", shown).hidden = on;
  const form = $("li.retarget", shown);
  form.hidden = !on;
  (on ? $("input", form) : $("[data-retarget]", shown)).focus();
}

// Left as it was, or escaped from: the old one stands there again.
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("li.retarget");
  if (form && !form.hidden && event.target.value === "") retargets(form.closest(".recipients"), false);
});

whenChanged(() => show(open()));
