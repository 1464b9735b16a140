// What an agent does goes to the desk as a form; the event that follows shows it. A no is told in its own words.

import { $, _, element } from "./facts.js";
import { moved, openTicket } from "./navigate.js";
import { signedOut } from "./line.js";
import { HEADERS } from "./token.js";


const hearers = [];
/** Called with the path of whatever the desk has done for this agent. */
export const whenDone = (hear) => hearers.push(hear);

/** POST (or another method) as the agent. Never throws: {ok, status, told}, where `told.says` is a sentence. */
export async function send(url, fields = {}, method = "POST") {
  const body = method === "DELETE" ? undefined : new URLSearchParams(fields);
  try {
    const answer = await fetch(url, { method, body, headers: HEADERS, credentials: "same-origin", redirect: "manual" });
    const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    if (answer.status === 401) signedOut();
    if (answer.ok) for (const hear of hearers) hear(url);
    return { ok: answer.ok, status: answer.status, told };
  } catch {
    return { ok: false, status: 0, told: { says: _("No connection. Your text is kept, try again.") } };
  }
}

/** A sentence at the foot of the list, for a while. */
export function toast(says, good = false) {
  const shown = element("div", { class: good ? "toast good" : "toast" }, says);
  $("#toasts").append(shown);
  setTimeout(() => shown.remove(), 6000 + says.length * 40);
}

export const ticketUrl = (what) => {
  const open = $("#ticket-pane").dataset.ticket;
  return open ? `/app/tickets/${open}/${what}` : null;
};

const askers = {};
/** What a no that names this field leads to, besides being told. */
export const whenRefused = (field, asks) => (askers[field] = asks);

/** Press a button for the agent: `what` is a path, or something of the ticket that is open. */
export async function act(what, fields = {}, method = "POST") {
  const url = what.startsWith("/") ? what : ticketUrl(what);
  if (!url) return void toast(_("Choose a ticket first."));
  const { ok, told } = await send(url, fields, method);
  if (!ok && told.says) toast(told.says);
  if (!ok && url.startsWith(ticketUrl(""))) askers[told.field]?.(); // not of another ticket, opened meanwhile
  return ok ? told : undefined;
}

async function pressed(button) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const { act: what, method, name, value } = button.dataset, before = moved();
  const told = await act(what, name ? { [name]: value } : {}, method);
  button.removeAttribute("aria-busy");
  if (told && "opens" in button.dataset && told.ticket && moved() === before) openTicket(told.ticket);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) void pressed(button);
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-post]");
  if (!form) return;
  event.preventDefault();
  document.activeElement?.blur();
  const field = $("input:not([type=hidden])", form);
  if (field.value === field.defaultValue) return;
  const { ok, told } = await send(form.getAttribute("action"), Object.fromEntries(new FormData(form)));
  if (ok) return;
  if (told.says) toast(told.says);
  field.focus();
});

// A subject that was changed and left is saved; Escape brings the old one back.
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("form[data-post]");
  if (form && event.target.value !== event.target.defaultValue) form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-post]");
  if (form && event.key === "Escape") {
    form.reset();
    event.target.blur();
  }
});
