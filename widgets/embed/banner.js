// One quiet line while the desk cannot be reached. What is written meanwhile is kept.

import { fill, h, icon } from "./dom.js";
import { _ } from "./words.js";

const QUIET = 2000;
const LONG = 10_000;

export function newBanner(connection) {
  const element = h("div", { class: "banner", role: "status", hidden: true });
  let timer = null;
  let shown = "";

  function draw() {
    const away = Date.now() - connection.since;
    const text = words(away);
    clearTimeout(timer);
    if (!["open", "idle", "refused"].includes(connection.state) && away < LONG)
      timer = setTimeout(draw, (away < QUIET ? QUIET : LONG) - away + 5);
    if (text === shown) return;
    shown = text;
    element.hidden = text === "";
    element.classList.toggle("long", away >= LONG || connection.state === "refused");
    fill(element, text && icon(away >= LONG ? "offline" : "retry"), h("span", {}, text));
  }

  function words(away) {
    if (["open", "idle"].includes(connection.state)) return "";
    else if (connection.state === "refused") return _("Chat is not available right now.");
    else if (connection.says) return connection.says;
    else if (away < QUIET) return "";
    else if (!navigator.onLine) return _("You are offline. What you write is kept and sent when you are back.");
    else if (away < LONG) return _("Reconnecting…");
    else return _("No connection right now. What you write is kept and sent later.");
  }

  return { element, draw };
}
