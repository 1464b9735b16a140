// The waiting card: which place in the queue, for about how long, and that it is kept; or where the answer is to go.

import { h, write } from "./dom.js";
import { checked, newField } from "./fields.js";
import { _, sentences } from "./words.js";

export function newQueueCard({ frame, chat, outbox, turn }) {
  const place = h("b");
  const because = h("span");
  const kept = h("span");
  const other = h("button", { class: "link", onclick: turn });
  const email = newField({ name: "email", label: _("Email"), kind: "email", required: true });
  const send = h("button", { type: "submit", class: "second" }, _("Send"));
  const ask = h("form", { class: "form", novalidate: true, onsubmit: tell }, email.element, send);
  const element = h("div", { class: "queue", role: "status", hidden: true }, place, because, kept, ask, other);

  function draw() {
    const { now, place: at, you } = chat;
    element.hidden = now?.state !== "waiting";
    if (element.hidden) return;
    const called = now.later === "call";
    write(place, now.later ? _("Thank you. We have your message.") : sentences(line(at), minutes(at)));
    write(because, at?.why ? reason(at.why) : "");
    write(kept, called ? _("We will call you.") : now.later ? _("We answer by email.") : _("Your place is kept, even if you close this page."));
    write(other, called ? _("Continue your chat") : _("Call or email me instead"));
    outbox.unsent("who").forEach(refused);
    ask.hidden = now.later !== "address" || you.email;
    other.hidden = !frame.forms.callback || !(now.later ? called : at?.call);
  }

  function tell(event) {
    event.preventDefault();
    if (!checked([email])) return;
    chat.you.email = email.value();
    outbox.add("who", { email: chat.you.email });
  }

  function refused({ id, state, says }) {
    if (state !== "refused") return;
    chat.you.email = null;
    email.complain(says);
    outbox.drop(id);
  }

  return { element, draw };
}

/** Who is here lacks what it takes, has declined or comes later: they hear no more than that we look on. */
function reason(why) {
  return why === "full" ? _("Everyone is busy.") : why === "away" ? _("Nobody is here yet.") : line();
}

function line(place) {
  if (!place) return _("We are finding the right person for you.");
  const said = [_("You are next."), _("You are second."), _("You are third.")];
  return said[place.position - 1] ?? _("{n} people are before you.", { n: place.position - 1 });
}

/** Bands in seconds, said in whole minutes: never more exact than the estimate is. */
function minutes(place) {
  if (!place?.high) return "";
  const low = Math.floor(place.low / 60) || 1;
  const n = Math.ceil(place.high / 60);
  return low < n ? _("About {low}–{n} minutes.", { low, n }) : _("About {n} minutes.", { n });
}
