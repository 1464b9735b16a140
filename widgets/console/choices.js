// What each person chooses for this browser: light or dark, sound, notifications, single keys.

import { $, $$, _, kept, wanted } from "./facts.js";
import { toast } from "./forms.js";
import { ring } from "./offers.js";
import { switchTheme } from "./themes.js";

async function choose(box) {
  const { choice } = box.dataset;
  if (choice === "notify" && box.checked && !(await allowed())) {
    box.checked = false;
    toast(_("Notifications are blocked in the browser's settings."));
  }
  kept.set(`choice:${choice}`, box.checked ? "yes" : "no");
  if (choice === "sound" && box.checked) ring();
}

/** Asked only here, on a click. */
async function allowed() {
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) toast(_(switchTheme()), true);
  if (event.target.closest("[data-help]")) $("#help").showModal();
  if (event.target.closest("#help [data-close]") || event.target === $("#help")) $("#help").close();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choice]")) void choose(event.target);
});
for (const box of $$("[data-choice]")) box.checked = wanted(box.dataset.choice);
