// Canned replies: a slash at the beginning of a word opens the menu, what follows narrows it.

import { $, $$, _, element } from "./facts.js";
import { shown } from "./navigate.js";

const SLASH = /(^|\s)\/(\S{0,40})$/u;

/** The menu of one composer. */
export class Canned {
  constructor(composer, text) {
    this.menu = $("[data-canned-menu]", composer);
    this.text = text;
    this.asked = 0;
    text.addEventListener("input", () => void this.look());
    text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    text.addEventListener("keydown", (event) => this.key(event), true);
    $("[data-canned]", composer).addEventListener("click", () => this.begin());
  }

  get open() {
    return !this.menu.hidden;
  }

  /** The button types the slash for you. */
  begin() {
    const { text } = this;
    text.focus();
    const before = text.value.slice(0, text.selectionStart);
    text.setRangeText(before && !/\s$/u.test(before) ? " /" : "/", text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async look() {
    const found = SLASH.exec(this.text.value.slice(0, this.text.selectionStart));
    if (!found) return this.close();
    const asked = ++this.asked;
    const query = new URLSearchParams({ q: found[2], ticket: String(shown().number ?? "") });
    const answer = await fetch(`/app/canned?${query}`, { headers: { "X-Requested-With": "frontdesk" } }).catch(() => null);
    if (asked !== this.asked || !answer?.ok) return;
    this.show((await answer.json()).canned, found[2]);
  }

  show(replies, query) {
    if (!replies.length && query) return this.close();
    const options = replies.map((reply, at) => {
      const option = element("div", { role: "option", id: `canned-${at}`, "aria-selected": "false" }, element("code", {}, `/${reply.shortcut}`), element("b", { dir: "auto" }, reply.title), element("small", { dir: "auto" }, reply.text));
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.take(reply);
      });
      option.reply = reply;
      return option;
    });
    this.menu.replaceChildren(...(options.length ? options : [element("p", { class: "quiet" }, _("Nothing matches. An admin can add canned replies."))]));
    this.menu.hidden = false;
    this.choose(0);
  }

  choose(at) {
    const options = $$("[role=option]", this.menu);
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    options[at]?.scrollIntoView({ block: "nearest" });
    if (options[at]) this.text.setAttribute("aria-activedescendant", options[at].id);
  }

  key(event) {
    if (!this.open || event.isComposing) return;
    const options = $$("[role=option]", this.menu);
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.choose((at + step + options.length) % options.length);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || event.key === "Tab") && options[at] && !event.ctrlKey && !event.metaKey) this.take(options[at].reply);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  take(reply) {
    const end = this.text.selectionStart;
    const found = SLASH.exec(this.text.value.slice(0, end));
    if (found) this.text.setRangeText(reply.text, end - found[2].length - 1, end, "end");
    this.close();
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    this.asked += 1;
    this.menu.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}
