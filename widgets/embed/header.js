// The head of every screen: who you talk to, the way back, the menu, and close.

import { h, icon, iconButton, write } from "./dom.js";
import { marked } from "./text.js";
import { _ } from "./words.js";

/** `entries()` gives the menu's present lines: [{icon, text, act, checked (of a switch, else undefined), lang}]. */
export function newHeader({ entries, back, close, canClose }) {
  const title = h("h1", { dir: "auto" });
  const line = h("small");
  const avatar = h("span", { class: "avatar", "aria-hidden": "true" });
  const backward = iconButton("back", _("Back"), back);
  const menu = h("div", { class: "menu", id: "menu", hidden: true });
  const more = iconButton("more", _("Menu"), () => turn(menu.hidden), {
    "aria-expanded": "false",
    "aria-controls": "menu",
  });
  let shown = "";
  const away = canClose ? iconButton("close", _("Close chat"), close) : null;
  const element = h(
    "header",
    { class: "top" },
    backward,
    avatar,
    h("div", { class: "title" }, title, line),
    more,
    away,
    menu,
  );

  menu.addEventListener("keydown", walk);
  for (const elsewhere of ["pointerdown", "focusin"])
    document.addEventListener(elsewhere, ({ target }) => {
      if (!menu.hidden && !menu.contains(target) && !more.contains(target)) turn(false);
    });

  function turn(open) {
    menu.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
    if (!open) return;
    shown = "";
    fill();
    menu.querySelector("button")?.focus();
  }

  /** The lines as they are now: a chat may begin or end while its menu is open. */
  function fill() {
    const lines = entries();
    const texts = lines.map((each) => each.text).join("\n");
    if (texts === shown) return;
    shown = texts;
    const at = [...menu.children].indexOf(document.activeElement);
    menu.replaceChildren(...lines.map(entry));
    if (at >= 0) (menu.children[at] ?? menu.lastChild).focus();
  }

  function entry({ icon: name, text, act, checked, lang }) {
    const chosen = () => {
      shut();
      act();
    };
    return h(
      "button",
      { onclick: chosen, lang, "aria-pressed": checked === undefined ? null : String(checked) },
      icon(name),
      h("span", {}, text),
    );
  }

  /** True when the menu was open. */
  function shut() {
    if (menu.hidden) return false;
    turn(false);
    more.focus();
    return true;
  }

  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...menu.children];
    buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length).focus();
  }

  function draw({ name, says, way, open }) {
    write(title, marked(name));
    write(line, says ?? "");
    line.hidden = !says;
    line.classList.toggle("open", open === true);
    write(avatar, [...marked(name).trim()][0]?.toLocaleUpperCase() ?? "");
    backward.hidden = !way;
    if (!menu.hidden) fill();
  }

  return { element, draw, shut };
}
