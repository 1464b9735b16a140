// Where an answer is written: reply or note, files, canned replies, and what the customer hears of the typing.

import { $, $$, _, facts, newId, whenChanged } from "./facts.js";
import { goesTo, isAlone } from "./audience.js";
import { act, send, ticketUrl, toast, whenDone } from "./forms.js";
import { Canned } from "./canned.js";
import { beginning, draft, keepBeginning, keepDraft } from "./drafts.js";
import { say } from "./live.js";
import { deliver, showUnsent } from "./pending.js";
import { Uploads, takesFiles } from "./uploads.js";

const TYPING_EVERY = 2000; // milliseconds
const WARN_AT = 500; // characters before the longest
const BLANK = /\{\{[ \t]*[a-z.]{1,40}[ \t]*\}\}/g; // what a canned reply has filled in, where it is known
const OWN_ACT = /\/tickets\/(\d+)\/(assignment|resolution|status|decision)$/;
let current = null;

class Composer {
  /** `before` was on the screen until now: of the same ticket when its panes were drawn anew under somebody's hands. */
  constructor(form, before) {
    this.form = form;
    this.ticket = Number(form.dataset.ticket);
    this.number = $("#ticket-pane").dataset.number;
    const same = before?.ticket === this.ticket ? before : null;
    this.text = $("textarea", form);
    this.button = $("[data-send]", form);
    this.typedAt = 0;
    this.began = beginning(this.ticket);
    const files = $("[data-files]", form), filed = () => this.filed();
    this.uploads = same?.uploads.goOn(files, filed) ?? new Uploads(`/app/tickets/${this.ticket}/files`, files, filed);
    this.canned = new Canned(form, this.text);
    takesFiles(form, (files) => this.uploads.add(files));
    this.listen();
    this.choose(same?.kind ?? "reply"); // nobody's note goes on as an answer
  }

  /** What was written before and has not been sent. */
  remember() {
    showUnsent(this.ticket, (message, says) => this.giveBack(message, [], says));
  }

  get kind() {
    return this.form.dataset.kind;
  }

  listen() {
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("blur", () => this.typing(false));
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      void this.send({ resolve: event.shiftKey });
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => {
        this.choose(tab.dataset.kind);
        this.text.focus();
      });
    }
    $("[data-send-later]", this.form).addEventListener("later", ({ detail: at }) => void this.send({ at }));
    $("[role=tablist]", this.form).addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      this.choose(this.kind === "reply" ? "note" : "reply");
      $("[aria-selected=true]", this.form).focus();
    });
  }

  get tabs() {
    return $$("[role=tab]", this.form);
  }

  /** Reply or note: each keeps its own draft. */
  choose(kind) {
    this.typing(false);
    this.form.dataset.kind = kind;
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab.dataset.kind === kind));
      tab.tabIndex = tab.dataset.kind === kind ? 0 : -1;
    }
    this.text.value = draft(this.ticket, kind);
    this.text.placeholder = this.text.dataset[kind];
    this.button.textContent = _(kind === "note" ? "Add note" : "Send");
    this.refuse("");
    this.begins();
    this.judge();
  }

  changed() {
    keepDraft(this.ticket, this.kind, this.text.value);
    this.begins();
    this.refuse("");
    this.judge();
    this.typing(this.text.value.trim() !== "");
  }

  filed() {
    this.begins();
    this.judge();
  }

  /** An answer goes by what was on the screen when it was begun: the screen changes while somebody writes. */
  begins() {
    if (this.kind !== "reply") return;
    const something = this.text.value.trim() !== "" || this.uploads.files.length > 0;
    this.beganWith(something ? (this.began ?? this.shown) : null);
  }

  /** Null: what is written from now on is begun anew. */
  beganWith(shown) {
    this.began = shown;
    keepBeginning(this.ticket, shown);
  }

  /** Who holds the ticket and how it stands, as the screen says it now. */
  get shown() {
    const { shown_agent, shown_status } = this.form.elements;
    return { shown_agent: shown_agent.value, shown_status: shown_status.value };
  }

  /** Whether there is something to send, and whether it is too long. */
  judge() {
    const left = facts.longest - [...this.text.value].length;
    const counter = $("[data-counter]", this.form);
    counter.hidden = left > WARN_AT;
    counter.classList.toggle("over", left < 0);
    counter.textContent = left < 0 ? `${_("Too long by {n}", { n: -left })}. ` : _("{n} left", { n: left });
    if (left < 0) counter.append(this.asFile());
    const blanks = [...new Set(this.text.value.match(BLANK))].join(", ");
    const unfilled = $("[data-unfilled]", this.form);
    unfilled.hidden = blanks === "";
    unfilled.textContent = blanks && _("Not filled in, and sent as it stands: {blanks}", { blanks });
    const something = /[^\s\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0\u2800]/u.test(this.text.value) || this.uploads.ready.length > 0;
    const nowhere = this.kind === "reply" && $(`#recipients-${this.ticket} [data-unaddressed]`);
    const byMail = this.kind === "reply" && $(`#recipients-${this.ticket}`)?.hidden === false;
    this.button.disabled = !something || left < 0 || this.uploads.busy || Boolean(nowhere);
    const later = $("[data-send-later]", this.form);
    later.hidden = !byMail;
    later.disabled = this.button.disabled;
  }

  asFile() {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = _("Send as a file?");
    button.onclick = () => {
      this.uploads.add([new File([this.text.value], _("message.txt"), { type: "text/plain" })]);
      this.text.value = "";
      this.changed();
    };
    return button;
  }

  /** The customer sees that somebody writes; of a note they hear nothing. */
  typing(on) {
    const wanted = on && this.kind === "reply";
    if (wanted ? Date.now() - this.typedAt < TYPING_EVERY : this.typedAt === 0) return;
    this.typedAt = wanted ? Date.now() : 0;
    say({ typing: { ticket: this.ticket, on: wanted } });
  }

  /** `at`: not before that time, an ISO text. */
  async send({ resolve = false, at = "" } = {}) {
    if (this.canned.wish) await this.canned.answered;
    if (this.button.disabled) return;
    const { kind, ticket } = this;
    const message = { id: newId(), kind, text: this.text.value.trim(), files: this.uploads.ready.map(({ id, name }) => ({ id, name })) };
    if (kind === "reply") Object.assign(message, { shown: this.began ?? this.shown, then: { at, resolves: resolve ? "yes" : "", alone: isAlone(ticket) ? "yes" : "" } });
    const files = this.uploads.files;
    this.text.value = "";
    this.uploads.clear();
    this.typing(false);
    keepDraft(ticket, kind, "");
    this.begins();
    this.judge();
    const told = await deliver(ticket, message, (one, says) => this.giveBack(one, files, says));
    if (told && kind === "reply") goesTo(ticket, "all");
    if (told && resolve && !told.planned) void act(`/app/tickets/${ticket}/resolution`);
  }

  /** Not sent, and why. The text is where it was, before whatever was written since; who sends it now knows why not. */
  giveBack(message, files, says) {
    const text = [message.text, draft(this.ticket, message.kind)].filter(Boolean).join("\n");
    keepDraft(this.ticket, message.kind, text);
    if (message.kind === "reply") keepBeginning(this.ticket, null);
    if (current?.ticket === this.ticket) current.takeBack(message.kind, text, files, says);
    else toast(`#${this.number} · ${says}`);
  }

  takeBack(kind, text, files, says) {
    if (this.kind !== kind) this.choose(kind);
    this.text.value = text;
    for (const file of files.filter((one) => one.id)) {
      if (file.blob) this.uploads.start(Object.assign(file, { shown: null }));
      else this.uploads.put(file);
    }
    if (kind === "reply") this.beganWith(null);
    this.refuse(says);
    this.judge();
    this.text.focus();
  }

  refuse(says) {
    const shown = $("[data-refusal]", this.form);
    shown.textContent = says;
    shown.hidden = says === "";
  }
}

/** An answer that was taken back before it went: {ticket, text, files, alone}. */
export function putBack({ ticket, text, files, alone }) {
  goesTo(ticket, alone ? "alone" : "all");
  const together = [text, draft(ticket, "reply")].filter(Boolean).join("\n");
  keepDraft(ticket, "reply", together);
  if (current?.ticket === ticket) current.takeBack("reply", together, files, "");
}

/** Begin to write, from wherever the person is. */
export function compose(kind) {
  if (!current) return;
  if (current.kind !== kind) current.choose(kind);
  current.text.focus();
}

// Whoever resolves or hands over what they write into has seen it: only what others do is news to them.
whenDone((path) => {
  if (current && Number(OWN_ACT.exec(path)?.[1]) === current.ticket) current.beganWith(null);
});

/** Tell the desk what has been read, while it really is in front of somebody. */
let told = "";
function see() {
  const state = $(".shown"), last = $$(".log .msg:is(.in, .aside)").at(-1);
  if (!state || !last || document.hidden || !document.hasFocus()) return;
  const key = `${last.id}`;
  if (Number(last.dataset.seq) <= Number(state.dataset.seen) || told === key) return;
  told = key;
  void send(ticketUrl("seen"), { seq: last.dataset.seq });
}

const resize = new ResizeObserver(([entry]) => {
  entry.target.closest(".ticket")?.style.setProperty("--composer", `${entry.target.offsetHeight + 24}px`);
});

whenChanged(() => {
  const form = $(".composer");
  if (form !== (current?.form ?? null)) {
    current?.typing(false);
    resize.disconnect();
    current = form ? new Composer(form, current) : null;
    if (form) resize.observe(form);
    current?.remember(); // shows something, and so comes by here once more
  } else current?.judge();
  see();
});
addEventListener("focus", see);
document.addEventListener("visibilitychange", see);
