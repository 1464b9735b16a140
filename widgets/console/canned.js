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
    this.wish = null; // chosen with Enter before its menu came: where the typed word begins, and the word
    this.answered = Promise.resolve();
    text.addEventListener("input", () => this.look());
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

  look() {
    if (this.wish) return;
    const end = this.text.selectionStart;
    const found = SLASH.exec(this.text.value.slice(0, end));
    if (found) this.answered = this.ask(found[2], end - found[2].length - 1);
    else this.close();
  }

  /** Shows what fits the word, or takes the best of it when Enter was pressed before it came. */
  async ask(word, start) {
    const asked = ++this.asked;
    this.asking = { start, typed: `/${word}` };
    const replies = await this.find(word);
    if (asked !== this.asked) return;
    this.asking = null;
    if (this.wish) this.grant(replies?.[0]);
    else if (replies) this.show(replies, word);
  }

  async find(word) {
    const query = new URLSearchParams({ q: word, ticket: String(shown().number ?? "") });
    const answer = await fetch(`/app/canned?${query}`, { headers: { "X-Requested-With": "frontdesk" } }).catch(() => null);
    return answer?.ok ? (await answer.json().catch(() => ({}))).canned : null;
  }

  /** A wish that nothing fits leaves the text as it was typed, line break and all. */
  grant(reply) {
    const { start, typed } = this.wish;
    this.close();
    if (!reply || this.text.value.slice(start, start + typed.length) !== typed) return;
    this.text.setRangeText(reply.text, start, start + typed.length, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
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
    if (event.isComposing) return;
    if (this.foresees(event)) return;
    if (!this.open) return;
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

  /** Quick fingers: the word and Enter before its menu is there. What is shown until then belongs to a shorter word. */
  foresees(event) {
    if (!this.asking || event.ctrlKey || event.metaKey || (event.key !== "Enter" && event.key !== "Tab")) return false;
    const typed = this.asking.typed + (event.key === "Enter" ? "\n" : "");
    this.wish = { start: this.asking.start, typed };
    this.menu.hidden = true;
    if (event.key === "Tab") event.preventDefault();
    return true;
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
    this.asking = this.wish = null;
    this.menu.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}
