// The waiting card: which place in the queue, for about how long, and that it is kept.

import { h, write } from "./dom.js";
import { _, sentences } from "./words.js";

export function newQueueCard(frame) {
  const place = h("b");
  const kept = h("span");
  const element = h("div", { class: "queue", role: "status", hidden: true }, place, kept);

  function draw(chat) {
    element.hidden = chat.now?.state !== "waiting";
    if (element.hidden) return;
    // Out of hours nobody waits for it live.
    const letter = !frame.open && !chat.place;
    write(kept, letter ? _("We answer by email.") : _("Your place is kept, even if you close this page."));
    if (letter) write(place, _("Thank you. We have your message."));
    else write(place, sentences(line(chat.place), minutes(chat.place)));
  }

  return { element, draw };
}

function line(place) {
  if (!place) return _("We are finding someone for you.");
  const said = [
    _("You are next."),
    _("You are second."),
    _("You are third."),
    _("You are fourth."),
    _("You are fifth."),
    _("You are sixth."),
    _("You are seventh."),
    _("You are eighth."),
    _("You are ninth."),
    _("You are tenth."),
  ];
  return said[place.position - 1] ?? _("{n} people are before you.", { n: place.position - 1 });
}

/** Bands in seconds, said in whole minutes: never more exact than the estimate is. */
function minutes(place) {
  if (typeof place?.low !== "number" || typeof place.high !== "number") return "";
  const low = Math.max(1, Math.floor(place.low / 60));
  const high = Math.max(1, Math.ceil(place.high / 60));
  if (high <= 1) return _("About a minute.");
  else if (low === high) return _("About {n} minutes.", { n: high });
  else return _("About {low}–{high} minutes.", { low, high });
}
