// Small menus at their buttons: each entry is one thing that can be done to the open ticket.

import { $, $$, _, whenChanged } from "./facts.js";
import { act, ticketUrl, toast } from "./forms.js";
import { when } from "./times.js";

const HOUR = 3_600_000;
let openFor = null; // the ticket that what is open is about
let opener = null; // what the menu was opened for, as it was shown then: the page may have moved on meanwhile

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu]");
  if (button) opener = { what: button.dataset.menu, shown: button.dataset.shown, url: ticketUrl(""), button };
}, true);

// Before, since "toggle" is told a moment later: what changes the page in between would close it as another ticket's.
document.addEventListener("beforetoggle", (event) => {
  if (event.target.matches?.(".menu") && event.newState === "open") openFor = ticketUrl("");
}, true);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu") || event.newState !== "open") return;
  position(menu, opener?.button);
  for (const entry of $$("[data-value]", menu)) entry.setAttribute("aria-pressed", String(entry.dataset.value === opener?.shown));
  for (const entry of $$("[data-snooze]", menu)) $("[data-when]", entry).textContent = when(preset(entry.dataset.snooze));
  $("button", menu)?.focus();
}, true);

/** Below its button where there is room, above it otherwise, and always inside of the window. */
function position(menu, button) {
  const box = button?.isConnected ? button.getBoundingClientRect() : { left: innerWidth / 2, bottom: innerHeight / 3, top: innerHeight / 3 };
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = box.bottom + 4 + height < innerHeight - 8;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, below ? box.bottom + 4 : box.top - height - 4)}px`;
}

document.addEventListener("click", (event) => {
  const entry = event.target.closest(".menu button");
  const menu = entry?.closest(".menu");
  if (!menu || menu.id === "menu-presence" || entry.closest("form")) return;
  menu.hidePopover();
  if (entry.dataset.snooze) until(menu, new Date(preset(entry.dataset.snooze)));
  else void change(entry);
});

const FIELDS = { assignment: "agent", queue: "queue", priority: "priority", status: "status" };

function change(entry) {
  const { what, shown, url } = opener;
  if (entry.dataset.method) return act(url + what, {}, entry.dataset.method);
  const before = what === "assignment" ? { shown_agent: shown } : { shown };
  return act(url + what, { [FIELDS[what]]: entry.dataset.value, ...before });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-snooze-form]")) return;
  event.preventDefault();
  const at = new Date(event.target.elements.until.value), menu = event.target.closest(".menu");
  if (Number.isNaN(at.getTime())) return void toast(_("Choose a date and a time."));
  menu.hidePopover();
  until(menu, at);
});

/** Snooze the ticket until then, or send what stands in its composer. */
function until(menu, at) {
  if (menu.id === "menu-later") opener.button.dispatchEvent(new CustomEvent("later", { detail: at.toISOString() }));
  else void act(`${opener.url}snooze`, { until: at.toISOString() });
}

/** What was opened for one ticket is not for the next; while that is on its way, it still is for the one before. */
whenChanged(() => {
  const menu = $(".menu:popover-open:not(#menu-presence)");
  const onItsWay = $("#ticket-pane").dataset.number === "0";
  if (menu && !onItsWay && openFor !== ticketUrl("")) menu.hidePopover();
});

/** When a preset ends, in the agent's own day: later today, tomorrow at nine, Monday at nine. */
function preset(name) {
  const at = new Date();
  if (name === "later") return at.getTime() + (at.getHours() < 15 ? 3 : 1) * HOUR;
  at.setHours(9, 0, 0, 0);
  at.setDate(at.getDate() + (name === "tomorrow" ? 1 : (8 - at.getDay()) % 7 || 7));
  return at.getTime();
}

// Arrow keys go from entry to entry.
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step || event.target.matches("input")) return;
  event.preventDefault();
  const entries = $$("button", menu).filter((entry) => entry.checkVisibility());
  entries.at((entries.indexOf(document.activeElement) + step) % entries.length)?.focus();
});

/** Open the menu of the ticket's head that changes this. */
export function openMenu(what) {
  const button = $(`.ticket-head [data-menu="${what}"], .ticket-head [data-act="${what}"]`);
  button?.click();
}
