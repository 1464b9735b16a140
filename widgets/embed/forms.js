// The desk's own form pages inside the chat, which goes on beside them. Fetched when the first of them is opened.

import { h } from "./dom.js";

const frames = {};

/** A screen without an element of its own: a frame that is taken out of the page would forget what was typed in it. */
export function screen(kind, frame, host, escape, { now, place }) {
  frames[kind] ??= opened();
  for (const each in frames) frames[each].hidden = each !== kind;
  return { focus: () => focus(frames[kind]) };

  function opened() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const known = new URLSearchParams({ site: frame.site, in: "widget", lang: frame.lang, zone, page: host.page.url ?? "" });
    // Who waits in a chat keeps their place
    const call = place?.call ?? now?.call;
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

/** Into the page: to where it wants the person to begin, else to where they were. */
function focus({ contentWindow, contentDocument: inside }) {
  contentWindow.focus();
  if (inside?.activeElement === inside?.body) inside?.querySelector("[autofocus]")?.focus();
}
