// Light, dark, or like the system: the next of them each time, kept in this browser.

import { kept } from "./facts.js";

const THEMES = [["", "Like the system"], ["light", "Light"], ["dark", "Dark"]];

/** Says which it is now, in English. */
export function switchTheme() {
  const at = THEMES.findIndex(([theme]) => theme === (kept.get("theme") ?? ""));
  const [theme, says] = THEMES[(at + 1) % THEMES.length];
  kept.set("theme", theme);
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  return says;
}
