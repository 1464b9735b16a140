// The conversation as it looks: bubbles, who and when, and what became of the last thing said.

import { showFiles } from "./attachments.js";
import { h, icon } from "./dom.js";
import { isUnruly, linked, marked, named } from "./text.js";
import { clock, day, exactly, now, sameDay } from "./times.js";
import { _ } from "./words.js";

const PAUSE = 5 * 60_000;

export function newBubbles({ visitor, retry, drop, older }) {
  const list = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": _("Messages"), tabindex: "0" });
  const dots = h("div", { class: "bubble dots", "aria-hidden": "true", hidden: true }, h("i"), h("i"), h("i"));
  const early = h("div", { class: "early", hidden: true }, h("button", { type: "button", class: "link", onclick: older }, _("Earlier messages are in the transcript")));
  const shown = new Map();
  let following = true;

  list.append(early, dots);
  list.addEventListener("scroll", () => (following = isAtEnd()));
  list.addEventListener("load", stay, true);
  new ResizeObserver(stay).observe(list);

  /** Draws what changed; an item that is on the page already stays the same element. */
  function draw(chat, entries) {
    const atEnd = isAtEnd();
    const items = chat.log.items(entries);
    const lines = items.flatMap((item, i) => rows(item, items[i - 1], chat, items));
    const keep = new Set(lines.map((line) => line.key));
    for (const [key, row] of shown) if (!keep.has(key)) remove(key, row);
    lines.forEach((line, i) => put(line, i));
    early.hidden = !chat.older;
    dots.hidden = !chat.typing;
    if (atEnd || items.at(-1)?.entry) toEnd();
    return atEnd;
  }

  /** The confirmed message is the same element as the unsent one: nothing jumps, and nothing is read out twice. */
  function put({ key, mark, make, sent }, position) {
    let row = shown.get(key);
    if (!row || row.mark !== mark) {
      const element = make();
      if (row) row.element.replaceWith(element);
      row = { mark, element };
      shown.set(key, row);
    }
    if (sent) row.element.dataset.sent = sent;
    const there = list.children[position + 1]; // after "earlier messages"
    if (there !== row.element) list.insertBefore(row.element, there);
  }

  function remove(key, row) {
    row.element.remove();
    shown.delete(key);
  }

  function rows(item, before, chat, items) {
    const time = timeOf(item);
    const firstOfDay = before ? !sameDay(timeOf(before), time) : !sameDay(time, now());
    const dated = firstOfDay ? [{ key: `d:${item.key}`, mark: day(time), make: () => h("p", { class: "date" }, h("time", { datetime: iso(time) }, day(time))) }] : [];
    return [...dated, ...label(item, before, firstOfDay), body(item), ...status(item, chat, items)];
  }

  function label(item, before, firstOfDay) {
    const said = item.message;
    if (!said || said.from !== "agent") return [];
    const goesOn = !firstOfDay && before?.message?.from === "agent" && before.message.name === said.name && Date.parse(said.time) - Date.parse(before.message.time) < PAUSE;
    return goesOn ? [] : [{ key: `w:${item.key}`, mark: said.name, make: () => h("p", { class: "who" }, named(said.name), " ", h("time", { datetime: said.time }, clock(said.time))) }];
  }

  function body(item) {
    if (item.note) return { key: item.key, mark: "", make: () => h("p", { class: "thin" }, thinLine(item.note)) };
    else if (item.message?.from === "system") return { key: item.key, mark: "", make: () => h("p", { class: "thin", dir: "auto" }, linked(item.message.text)) };
    else return { key: item.key, mark: textOf(item), make: () => spoken(item), sent: item.message ? "yes" : "no" };
  }

  function spoken(item) {
    const text = textOf(item);
    const { files } = item.message ?? item.entry;
    const mine = item.entry || item.message.from === "you";
    const says = text ? h("div", { class: `bubble ${mine ? "me" : "them"}`, title: exactly(timeOf(item)) }, h("span", { class: "unseen" }, mine ? _("You:") : `${marked(item.message.name)}:`), words(text)) : null;
    return h("div", { class: `said ${mine ? "me" : "them"}`, "data-key": item.key }, says, showFiles(files ?? [], visitor, Boolean(mine)));
  }

  function words(text) {
    const inner = h("div", { class: "text", dir: "auto" }, linked(text));
    if (!isUnruly(text)) return inner;
    inner.classList.add("clipped");
    const more = h("button", { type: "button", class: "more", onclick: () => more.remove(inner.classList.remove("clipped")) }, _("Show all"));
    return [inner, more];
  }

  /** One line under the newest thing the person said, and under everything that did not go out. */
  function status(item, chat, items) {
    const entry = item.entry;
    if (entry?.state === "refused") return [{ key: `s:${item.key}`, mark: `refused ${entry.says}`, make: () => unsent(entry) }];
    const newest = items.findLast((each) => each.entry || each.message?.from === "you");
    if (item !== newest) return [];
    const text = entry ? _("Sending") : `${clock(item.message.time)} · ${item.message.seq <= chat.seen ? _("Read") : _("Sent")}`;
    return [{ key: "s", mark: item.key + text, make: () => h("p", { class: "status", "data-status": entry ? "sending" : "sent" }, text) }];
  }

  function unsent(entry) {
    const again = h("button", { type: "button", class: "again", onclick: () => retry(entry.id) }, icon("retry"), _("Not sent. Tap to retry"));
    const away = h("button", { type: "button", class: "link", onclick: () => drop(entry.id) }, _("Delete"));
    return h("div", { class: "status bad", "data-status": "refused" }, entry.says ? h("p", {}, entry.says) : null, again, away);
  }

  function isAtEnd() {
    return list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  }

  /** Whoever reads the newest line goes on reading it when a keyboard, a card or a picture takes room. */
  function stay() {
    if (following) toEnd();
  }

  function toEnd() {
    list.scrollTop = list.scrollHeight;
  }

  return { element: list, draw, toEnd, isAtEnd };
}

function thinLine({ kind, name }) {
  const who = marked(name ?? "");
  if (kind === "joined") return _("{name} joined", { name: who });
  else if (kind === "left") return _("{name} left the chat", { name: who });
  else if (kind === "moved") return _("You were moved to {name}", { name: who });
  else if (kind === "reopened") return _("The chat is open again");
  else return _("The chat has ended");
}

function textOf(item) {
  return item.message ? item.message.text : item.entry.body.text;
}

function timeOf(item) {
  return (item.message ?? item.note)?.time ?? now();
}

function iso(time) {
  return new Date(time).toISOString();
}
