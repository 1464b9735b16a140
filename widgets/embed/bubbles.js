// The conversation on the page: keeps the lines in step with what is known, and the newest one in sight.

import { h } from "./dom.js";
import { newLines } from "./lines.js";
import { _ } from "./words.js";

export function newBubbles({ visitor, retry, drop, older }) {
  const list = h("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": _("Messages"),
    tabindex: "0",
  });
  const dots = h("div", { class: "bubble dots", "aria-hidden": "true", hidden: true }, h("i"), h("i"), h("i"));
  const early = h(
    "div",
    { class: "early", hidden: true },
    h("button", { class: "link", onclick: older }, _("Earlier messages are in the transcript")),
  );
  const lines = newLines({ visitor, retry, drop });
  const shown = new Map();
  let following = true;
  let top = 0;

  list.append(early, dots);
  list.addEventListener("scroll", scrolled);
  list.addEventListener("load", stay, true);
  new ResizeObserver(stay).observe(list);

  /** Draws what changed; an item that is on the page already stays the same element. */
  function draw(chat, entries) {
    const items = chat.log.items(entries);
    const wanted = lines(items, chat.seen);
    const keep = new Set(wanted.map((line) => line.key));
    for (const [key, { element }] of shown)
      if (!keep.has(key)) {
        element.remove();
        shown.delete(key);
      }
    wanted.forEach(put);
    early.hidden = !chat.older;
    dots.hidden = !chat.typing;
    if (following || items.at(-1)?.entry) toEnd();
    return following;
  }

  /** The confirmed message is the same element as the unsent one: nothing jumps, and nothing is read out twice. */
  function put({ key, mark, make, sent }, position) {
    let row = shown.get(key);
    if (!row || row.mark !== mark) {
      const element = make();
      row?.element.replaceWith(element);
      row = { mark, element };
      shown.set(key, row);
    }
    if (sent) row.element.dataset.sent = sent;
    // after "earlier messages"
    const there = list.children[position + 1];
    if (there !== row.element) list.insertBefore(row.element, there);
  }

  function isAtEnd() {
    return list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  }

  /** Only the person's own way up ends the following; a list that was made smaller meanwhile does not. */
  function scrolled() {
    if (isAtEnd()) following = true;
    else if (list.scrollTop < top) following = false;
    top = list.scrollTop;
  }

  /** Whoever reads the newest line goes on reading it when a keyboard, a card or a picture takes room. */
  function stay() {
    if (following) toEnd();
  }

  function toEnd() {
    following = true;
    list.scrollTop = list.scrollHeight;
  }

  return { element: list, draw, toEnd, isAtEnd };
}
