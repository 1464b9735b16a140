// A complaint is closed with an outcome and a reason. What was written of it stays until the desk has it.

import { $, $$, _, newId } from "./facts.js";
import { act, send, toast, whenRefused } from "./forms.js";
import { draft, keepDraft } from "./drafts.js";

const DRAFT = "decision";
let ticket = 0; // the one that the form was opened for
let sending = null; // the id of the decision that is under way, the same at every try

const form = () => $("#menu-decision form");
const card = () => $(`#complaint-${$("#ticket-pane").dataset.ticket}`);

/** Ask how it ends; a ticket that is no complaint is simply resolved. */
function ask() {
  const menu = $("#menu-decision");
  if (!card()) void act("resolution");
  else if (!menu.matches(":popover-open")) menu.showPopover();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-decide]")) ask();
});

document.addEventListener("toggle", (event) => {
  if (event.target.id !== "menu-decision" || event.newState !== "open") return;
  const open = Number($("#ticket-pane").dataset.ticket);
  const { outcome } = card().dataset;
  if (open !== ticket) sending = null;
  ticket = open;
  form().dataset.shown = outcome;
  form().elements.reason.value = draft(ticket, DRAFT);
  for (const choice of $$("[name=outcome]", form())) choice.checked = choice.value === outcome;
  $("[data-as-decided]", form()).hidden = !outcome || $(".ticket-head").dataset.status === "resolved";
  refuse("");
  (($("[name=outcome]:checked", form()) && form().elements.reason) || $("[name=outcome]", form())).focus();
}, true);

document.addEventListener("input", (event) => {
  if (event.target.name === "reason" && event.target.form === form()) keepDraft(ticket, DRAFT, event.target.value);
});

document.addEventListener("submit", async (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  const { outcome, reason } = form().elements;
  if (!outcome.value) return refuse(_("Choose an outcome."), $("[name=outcome]", form()));
  if (!reason.value.trim()) return refuse(_("Give the reason, in words for the customer."), reason);
  const button = $("[data-final]", form());
  if (button.disabled) return;
  button.disabled = true;
  sending ??= newId();
  const mine = ticket;
  const fields = { outcome: outcome.value, reason: reason.value, client_id: sending, shown: form().dataset.shown };
  const { ok, status, told } = await send(`/app/tickets/${mine}/decision`, fields);
  button.disabled = false;
  if (ok) keepDraft(mine, DRAFT, "");
  if (ticket !== mine) return void (ok || toast(told.says)); // the form is about another complaint by now
  if (status !== 0) sending = null; // the desk has answered: what follows is another try
  if (!ok) return refuse(told.says, told.field === "outcome" ? $("[name=outcome]", form()) : reason);
  $("#menu-decision").hidePopover();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-as-decided]")) return;
  $("#menu-decision").hidePopover();
  void act("resolution");
});

// Ctrl+Enter sends, as in the answer.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (event.target.form === form()) form().requestSubmit();
});

/** Why not, beside the field that it is about. */
function refuse(says, field) {
  const no = $(".no", form());
  no.textContent = says ?? "";
  no.hidden = !says;
  for (const one of $$("[aria-invalid]", form())) one.removeAttribute("aria-invalid");
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
}

// Resolving by another way, such as the status menu, ends up here too.
whenRefused("outcome", ask);
