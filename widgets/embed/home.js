// The first screen: what the person can do here, and the chat they already have.

import { drawing, fill, h, icon } from "./dom.js";
import { marked } from "./text.js";
import { clock, day, now, sameDay } from "./times.js";
import { _, sentences } from "./words.js";

export function newHome({ frame, chat, go }) {
  const ways = h("div", { class: "ways" });
  const foot = h("div", { class: "foot" });
  const greeting = h("h2", { class: "greeting", dir: "auto", tabindex: "-1" }, frame.greeting || _("How can we help?"));
  const element = h("div", { class: "page home" }, greeting, ways, foot);
  let drawn = "";

  /** The ways in. */
  function draw() {
    const last = chat.log.last();
    const present = JSON.stringify([chat.now, last?.id, chat.unread()]);
    if (present === drawn) return;
    drawn = present;
    fill(ways, chat.isLive() ? ongoing() : frame.open ? fresh() : letter(), Object.entries(frame.forms).map(form));
    fill(foot, chat.now?.state === "ended" && last ? past(last) : null);
  }

  function ongoing() {
    const last = chat.log.last();
    const name = chat.now.agent?.name;
    const title = name ? _("Your chat with {name}", { name: marked(name) }) : _("Continue your chat");
    return way(
      icon("talk"),
      title,
      last ? snippet(last) : _("Your place is kept, even if you close this page."),
      () => go("talk"),
      chat.unread(),
    );
  }

  function fresh() {
    return way(icon("talk"), _("Chat with us"), frame.hours_text || _("Open now"), () => go("new"));
  }

  function letter() {
    return way(
      icon("letter"),
      _("Leave a message"),
      frame.offline_text || sentences(frame.hours_text, _("We answer by email.")),
      () => go("letter"),
    );
  }

  function form([kind, { title, line, icon: paths }]) {
    return way(drawing(paths), title, line, () => go(kind));
  }

  function past(last) {
    const when = sameDay(last.time, now()) ? clock(last.time) : day(last.time);
    return h(
      "button",
      { class: "link past", onclick: () => go("talk") },
      _("Your last chat"),
      ` · ${when}`,
    );
  }

  function way(sign, title, line, onclick, unread = 0) {
    const count = h("span", { "aria-hidden": "true" }, String(unread));
    const said = h("span", { class: "unseen" }, _("{n} unread", { n: unread }));
    const badge = unread > 0 && h("span", { class: "count" }, count, said);
    return h(
      "button",
      { class: "way", onclick },
      h("span", { class: "sign" }, sign),
      h("span", { class: "what" }, h("b", {}, title), h("small", { dir: "auto" }, line)),
      badge,
      icon("go"),
    );
  }

  return { element, draw, focus: () => greeting.focus() };
}

function snippet(message) {
  return marked(message.text || message.files?.[0]?.name || "").slice(0, 90);
}
