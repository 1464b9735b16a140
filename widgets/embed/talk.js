// The conversation screen: the messages, the waiting card, the box to write in, and the end.

import { newBubbles } from "./bubbles.js";
import { newComposer, takesDrops } from "./composer.js";
import { h, icon, write } from "./dom.js";
import { newQueueCard } from "./queue.js";
import { newRating } from "./rating.js";
import { marked } from "./text.js";
import { newUploads } from "./uploads.js";
import { _ } from "./words.js";

/** `acts`: say(text, files), typing(on), rate(rating), transcript(), again(), seen(). */
export function newTalk({ frame, store, visitor, chat, outbox, acts }) {
  const uploads = newUploads({
    visitor,
    api: frame.api,
    largest: frame.largest_bytes,
    changed: () => composer?.draw(),
  });
  const composer = newComposer({
    store: store.tab,
    uploads,
    longest: frame.longest,
    ...acts,
  });
  const bubbles = newBubbles({ visitor, ...outbox, older: acts.transcript });
  const queue = newQueueCard({ frame, chat, outbox, ...acts });
  const rating = newRating({ chat, ...acts, mine: () => store.tab.get("ended") === chat.now?.ticket });
  const begin = h("p", { class: "begin" }, _("Write your first message. A person will answer."));
  const newer = h(
    "button",
    { class: "newer", hidden: true, onclick: toEnd },
    icon("down"),
    _("New messages"),
  );
  const typing = h("p", { class: "unseen", role: "status" });
  const hint = h("p", { class: "hint", role: "status" });
  const element = h(
    "div",
    { class: "talk" },
    begin,
    bubbles.element,
    h("div", { class: "over" }, newer),
    typing,
    queue.element,
    hint,
    rating.element,
    composer.element,
  );
  let shown = 0;

  takesDrops(element, uploads);
  bubbles.element.addEventListener("scroll", () => {
    if (bubbles.isAtEnd()) newer.hidden = true;
  });

  function draw() {
    const entries = outbox.unsent();
    const last = chat.log.lastSeq();
    const atEnd = bubbles.draw(chat, entries);
    if (!atEnd && last > shown && shown) newer.hidden = false;
    shown = last;
    begin.hidden = last > 0 || entries.length > 0 || chat.now;
    write(typing, chat.typing ? _("{name} is typing", { name: marked(chat.typing.name) }) : "");
    hint.hidden = !chat.hint;
    write(hint, chat.hint);
    queue.draw();
    rating.draw();
    composer.element.hidden = chat.isOver();
    composer.draw();
  }

  function toEnd() {
    bubbles.toEnd();
    composer.focus();
  }

  const focus = () =>
    composer.element.hidden ? element.querySelector(".ended input, .ended button")?.focus() : composer.focus();
  // Called when the screen comes into view: the newest message is what the person wants to see.
  return { element, draw, focus, shown: bubbles.toEnd };
}
