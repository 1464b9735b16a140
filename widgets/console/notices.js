// What the agent is told of promises: a sound for whoever asked for one, and seen once they have gone to the ticket.

import { $, $$, whenChanged } from "./facts.js";
import { send } from "./forms.js";
import { shown } from "./navigate.js";
import { call } from "./offers.js";

const heard = new Set();
let started = false;
let at = null; // the ticket that stood open when this was last looked at

function seen(notice) {
  if (notice.ariaBusy === "true") return;
  notice.ariaBusy = "true";
  void send(`/app/notices/${notice.dataset.notice}`, {}, "DELETE").then(({ ok }) => {
    if (!ok) notice.ariaBusy = "false";
  });
}

/** Whoever comes to a ticket sees what is told of it; what is told of the one that they look at stays until they say so. */
function come() {
  const { ticket } = shown();
  if (ticket === at || ticket === null) return void (at = ticket);
  at = ticket;
  $$(`.notice[data-ticket="${ticket}"]`).forEach(seen);
}

function ring() {
  for (const notice of $$(".notice")) {
    if (started && !heard.has(notice.id)) call($("b", notice).textContent, $("small", notice).textContent, notice.id);
    heard.add(notice.id);
  }
  started = true;
}

document.addEventListener("click", (event) => {
  const notice = event.target.closest(".notice a")?.closest(".notice");
  if (notice && Number(notice.dataset.ticket) === at) seen(notice);
});

whenChanged(() => {
  ring();
  come();
});
