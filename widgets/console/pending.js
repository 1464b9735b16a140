// A message on its way: shown at once, solid when the desk has told everyone of it, with a way to try again.

import { $, $$, _, changed, element, whenChanged } from "./facts.js";
import { send } from "./forms.js";
import { forgetUnsent, keepUnsent, unsent } from "./drafts.js";

const underWay = new Set();
const PATHS = { reply: "replies", note: "notes" };
const arrived = (ticket, id) => $(`:is(#timeline-${ticket}, #planned-${ticket}) [data-client="${CSS.escape(id)}"]`);

/** Send it. Resolves to what the desk told that has it, else to null; a no is told to `giveBack(message, says)`, also at
 * a later try. */
export async function deliver(ticket, message, giveBack) {
  keepUnsent(ticket, message);
  show(ticket, message);
  underWay.add(message.id);
  const { ok, status, told } = await send(`/app/tickets/${ticket}/${PATHS[message.kind]}`, {
    text: message.text, client_id: message.id, files: message.files.map((file) => file.id).join(","), ...message.shown, ...message.then,
  });
  underWay.delete(message.id);
  if (ok) forgetUnsent(ticket, message.id);
  else if (status > 0 && status < 500 && status !== 401 && status !== 429) {
    forgetUnsent(ticket, message.id); // a no is an answer: the text goes back to where it was written
    bubble(message.id)?.remove();
    giveBack(message, told.says ?? _("Not sent"));
  } else fail(ticket, message, giveBack, told.says);
  tidy();
  return ok ? told : null;
}

const bubble = (id) => document.getElementById(`pending-message-${id}`);

function show(ticket, message) {
  const list = $(`#pending-${ticket}`);
  if (!list) return;
  bubble(message.id)?.remove();
  const body = element("div", { class: "body" });
  if (message.text) body.append(element("div", { class: "bubble", dir: "auto" }, element("div", { class: "text" }, message.text)));
  for (const file of message.files) body.append(element("span", { class: "file" }, file.name));
  body.append(element("p", { class: "sending" }, _("Sending")));
  const own = $(".rail .me .avatar").cloneNode(true);
  const article = element("article", {}, own, element("header", {}, element("b", { class: "name" }, _("You"))), body);
  list.append(element("li", { class: `msg ${message.kind === "note" ? "note" : "out"} unsent`, id: `pending-message-${message.id}`, "data-client": message.id }, article));
  changed();
}

function fail(ticket, message, giveBack, says) {
  const shown = bubble(message.id);
  if (!shown) return;
  shown.classList.add("failed");
  const again = element("button", { type: "button", click: () => void deliver(ticket, message, giveBack) }, _("Try again"));
  const drop = element("button", { type: "button", click: () => { forgetUnsent(ticket, message.id); shown.remove(); } }, _("Delete"));
  $(".sending", shown).replaceChildren(says ?? _("Not sent"), again, drop);
}

/** Those left over from before a reload: they can be sent again under their old ids, which are safe to repeat. Those
 * that are still under way, from before the ticket was left or drawn anew, are shown as that. */
export function showUnsent(ticket, giveBack) {
  for (const message of unsent(ticket)) {
    if (arrived(ticket, message.id)) forgetUnsent(ticket, message.id);
    else if (!bubble(message.id)) {
      show(ticket, message);
      if (!underWay.has(message.id)) fail(ticket, message, giveBack);
    }
  }
}

/** The real message has come: the pending one has done its work. */
function tidy() {
  for (const shown of $$(".pending > .msg")) {
    const ticket = shown.parentElement.id.slice("pending-".length);
    if (arrived(ticket, shown.dataset.client)) {
      forgetUnsent(ticket, shown.dataset.client);
      shown.remove();
    }
  }
}

whenChanged(tidy);
