// The desk's own form pages inside the chat, which goes on beside them. Fetched when the first of them is opened.

import { h } from "./dom.js";

const frames = {};
// by kind, the ticket of the chat that its form is about, as far as it is about any
const chats = {};

/** A screen without an element of its own: a frame that is taken out of the page would forget what was typed in it. */
export function screen(kind, frame, host, escape, { now, place }) {
  // Who waits in a chat keeps their place
  const call = kind === "callback" && (place?.call ?? now?.call);
  if (isOfAnother(chats[kind], call, now)) leave();
  frames[kind] ??= opened();
  for (const each in frames) frames[each].hidden = each !== kind;
  return { focus: () => focus(frames[kind]) };

  function leave() {
    frames[kind]?.remove();
    delete frames[kind];
  }

  function opened() {
    chats[kind] = call ? now.ticket : null;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const known = new URLSearchParams({ site: frame.site, in: "widget", lang: frame.lang, zone, page: host.page.url ?? "" });
    if (call) known.set("chat", call);
    const made = h("iframe", { title: frame.forms[kind].title, src: `/${kind}?${known}` });
    made.addEventListener("load", () => {
      made.contentDocument?.addEventListener("keydown", escape);
      if (made.offsetParent) focus(made);
    });
    document.getElementById("widget").append(made);
    return made;
  }
}

/** A form that knows no chat serves until one can be called; the form of a chat, until there is another one. */
function isOfAnother(about, call, now) {
  return call || (about && now) ? about !== now.ticket : false;
}

/** Into the page: to where it wants the person to begin, else to where they were. */
function focus({ contentWindow, contentDocument: inside }) {
  contentWindow.focus();
  if (inside?.activeElement === inside?.body) inside?.querySelector("[autofocus]")?.focus();
}
