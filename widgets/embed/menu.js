// What the menu offers at this moment.

import { h } from "./dom.js";
import { _ } from "./words.js";

/** Lines for the header's menu; see there for their shape. `acts`: transcript(), end(ticket), a false one for a no. */
export function newMenu({ frame, store, sound, chat, acts }) {
  return () =>
    [
      chat.now && { icon: "download", text: _("Save transcript"), act: acts.transcript },
      { icon: sound.isOn() ? "sound" : "silent", text: _("Sound"), act: sound.turn, checked: sound.isOn() },
      ...(frame.languages ?? []).filter((code) => code !== frame.lang).map(language),
      chat.isLive() && { icon: "end", text: _("End chat"), act: end },
    ].filter(Boolean);

  /** A language in its own words: whoever looks for it may not read ours. */
  function language(code) {
    const own = new Intl.DisplayNames([code], { type: "language" }).of(code);
    return { icon: "language", text: own, lang: code, act: () => turn(code) };
  }

  function turn(code) {
    store.set("lang", code);
    const address = new URL(location.href);
    address.searchParams.set("lang", code);
    location.replace(address);
  }

  /** Asked once, about the chat that is shown by then. The browser's own dialog traps the focus, and Esc means no. */
  function end() {
    const { ticket } = chat.now;
    const dialog = h(
      "dialog",
      { "aria-labelledby": "asked", onclose: () => answered(dialog, ticket) },
      h(
        "form",
        { method: "dialog" },
        h("h2", { id: "asked" }, _("End this chat?")),
        h("p", {}, _("You can save the transcript afterwards.")),
        h(
          "div",
          { class: "row" },
          h("button", { type: "submit", value: "no", class: "second" }, _("Cancel")),
          h("button", { type: "submit", value: "yes", class: "main" }, _("End chat")),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  }

  function answered(dialog, ticket) {
    dialog.remove();
    acts.end(dialog.returnValue === "yes" && ticket);
  }
}
