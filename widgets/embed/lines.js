// What stands in the conversation, line by line: the day, who speaks, what was said, and what became of it.

import { showFiles } from "./attachments.js";
import { h, icon } from "./dom.js";
import { isUnruly, linked, marked, named } from "./text.js";
import { clock, day, exactly, now, sameDay } from "./times.js";
import { _ } from "./words.js";

// After this long, who speaks is said again.
const PAUSE = 5 * 60_000;

/**
 * `lines(items, seen)` gives, for the items of the log, every line top to bottom: {key, mark, make(), sent}. Lines with
 * the same key and mark look the same; `make` draws one; `sent` ("yes" or "no") may change without drawing it again.
 */
export function newLines({ visitor, retry, drop }) {
  return (items, seen) => {
    const newest = items.findLast((item) => item.entry || item.message?.from === "you");
    return items
      .flatMap((item, i) => [
        dated(item, items[i - 1]),
        speaker(item, items[i - 1]),
        body(item),
        status(item, item === newest, seen),
      ])
      .filter(Boolean);
  };

  function body(item) {
    const { note, message } = item;
    if (note) return line(item.key, "", () => h("p", { class: "thin" }, happened(note)));
    else if (message?.from === "system")
      return line(item.key, message.text, () => h("p", { class: "thin", dir: "auto" }, linked(message.text)));
    else return { ...line(item.key, textOf(item), () => spoken(item)), sent: message ? "yes" : "no" };
  }

  function spoken(item) {
    const side = item.entry || item.message.from === "you" ? "me" : "them";
    const { files } = item.message ?? item.entry;
    const text = textOf(item) ? bubble(item, side) : null;
    return h("div", { class: `said ${side}`, "data-key": item.key }, text, showFiles(files ?? [], visitor, side));
  }

  /** One line under the newest thing the person said, and under everything that did not go out. */
  function status(item, isNewest, seen) {
    const { entry, message } = item;
    if (entry?.state === "refused") return line(`s:${item.key}`, `refused ${entry.says}`, () => unsent(entry));
    else if (!isNewest) return null;
    const text = entry ? _("Sending") : `${clock(message.time)} · ${message.seq <= seen ? _("Read") : _("Sent")}`;
    return line("s", item.key + text, () => h("p", { class: "status" }, text));
  }

  function unsent(entry) {
    const again = { class: "again", onclick: () => retry(entry.id) };
    const away = { class: "link", onclick: () => drop(entry.id) };
    const why = entry.says ? h("p", {}, entry.says) : null;
    const buttons = [h("button", again, icon("retry"), _("Not sent. Tap to retry")), h("button", away, _("Delete"))];
    return h("div", { class: "status bad" }, why, buttons);
  }
}

function line(key, mark, make) {
  return { key, mark, make };
}

function dated(item, before) {
  const time = timeOf(item);
  if (sameDay(before ? timeOf(before) : now(), time)) return null;
  return line(`d:${item.key}`, day(time), () => h("p", { class: "date" }, h("time", {}, day(time))));
}

/** Said once for what one person says in one go. */
function speaker({ key, message }, before) {
  const goesOn =
    before?.message?.from === "agent" &&
    before.message.name === message?.name &&
    Date.parse(message.time) - Date.parse(before.message.time) < PAUSE;
  if (message?.from !== "agent" || goesOn) return null;
  return line(`w:${key}`, message.name, () =>
    h("p", { class: "who" }, named(message.name), " ", h("time", {}, clock(message.time))),
  );
}

function bubble(item, side) {
  const who = side === "me" ? _("You:") : `${marked(item.message.name)}:`;
  const props = { class: `bubble ${side}`, title: exactly(timeOf(item)) };
  return h("div", props, h("span", { class: "unseen" }, who), words(textOf(item)));
}

function words(text) {
  const inner = h("div", { class: "text", dir: "auto" }, linked(text));
  if (!isUnruly(text)) return inner;
  const more = h("button", { class: "more" }, _("Show all"));
  inner.classList.add("clipped");
  more.addEventListener("click", () => {
    inner.classList.remove("clipped");
    more.remove();
  });
  return [inner, more];
}

function happened({ kind, name }) {
  const who = marked(name ?? "");
  if (kind === "joined") return _("{name} joined", { name: who });
  else if (kind === "left") return _("{name} left the chat", { name: who });
  else if (kind === "moved") return _("You were moved to {name}", { name: who });
  else if (kind === "full") return who || _("We answer by email.");
  else if (kind === "reopened") return _("The chat is open again");
  else return _("The chat has ended");
}

function textOf(item) {
  return item.message ? item.message.text : item.entry.body.text;
}

function timeOf(item) {
  return (item.message ?? item.note)?.time ?? now();
}
