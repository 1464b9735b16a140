// What the menu offers at this moment.

import { ask } from "./dialog.js";
import { _ } from "./words.js";

/** Lines for the header's menu; see there for their shape. `acts`: transcript(), end(). */
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

  async function end() {
    const [title, text] = [_("End this chat?"), _("You can save the transcript afterwards.")];
    acts.end(await ask({ title, text, yes: _("End chat") }));
  }
}
