// The box to write in: Enter sends, Shift+Enter breaks the line, files come by button, paste and drop.

import { fill, h, iconButton, write } from "./dom.js";
import { isEmpty, length } from "./text.js";
import { _ } from "./words.js";

const TYPING_EVERY = 2000;
// characters before the end
const COUNT_FROM = 1000;

export function newComposer({ store, uploads, longest, say, typing }) {
  const box = h("textarea", {
    id: "message",
    rows: "1",
    dir: "auto",
    placeholder: _("Write a message"),
    "aria-label": _("Message"),
    "aria-describedby": "message-note",
    autocomplete: "off",
    enterkeyhint: "send",
  });
  const send = iconButton("send", _("Send"), null, { type: "submit", class: "round go", disabled: true });
  const picker = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-hidden": "true" });
  const attach = iconButton("pin", _("Attach a file"), () => picker.click());
  const note = h("div", { class: "note", id: "message-note" });
  const form = h(
    "form",
    { class: "say", autocomplete: "off" },
    uploads.tray,
    note,
    h("div", { class: "line" }, picker, attach, box, send),
  );
  let told = 0;

  box.value = store.get("draft") ?? "";
  form.addEventListener("submit", submit);
  box.addEventListener("keydown", keys);
  box.addEventListener("input", typed);
  box.addEventListener("paste", pasted);
  picker.addEventListener("change", () => {
    uploads.add(picker.files);
    picker.value = "";
  });

  /** Enter while an input method is choosing characters belongs to the input method. */
  function keys(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
  }

  function submit(event) {
    event.preventDefault();
    if (!sendable()) return;
    say(box.value.trim(), uploads.take());
    put("");
    told = 0;
    box.focus();
  }

  function sendable() {
    const over = length(box.value.trim()) > longest;
    return !over && !uploads.busy() && (!isEmpty(box.value) || uploads.ready());
  }

  function typed() {
    store.set("draft", box.value);
    const nothing = box.value === "";
    if (nothing && told) typing(false);
    else if (!nothing && Date.now() - told > TYPING_EVERY) typing(true);
    else return draw();
    told = nothing ? 0 : Date.now();
    draw();
  }

  function pasted(event) {
    const files = event.clipboardData?.files ?? [];
    if (files.length === 0) return;
    event.preventDefault();
    uploads.add(files);
  }

  function put(text) {
    box.value = text;
    store.set("draft", text);
    draw();
  }

  function draw() {
    send.disabled = !sendable();
    box.classList.toggle("tall", box.value.includes("\n") || box.value.length > 30);
    const left = longest - length(box.value.trim());
    if (left < 0) tooLong(-left);
    else if (left <= COUNT_FROM) write(note, _("{n} characters left", { n: left }));
    else write(note, uploads.busy() ? _("Sending the file. You can write meanwhile.") : "");
    note.classList.toggle("bad", left < 0);
    fit();
  }

  function tooLong(over) {
    const says = _("Too long by {n} characters.", { n: over });
    if (note.firstChild?.textContent === says) return;
    fill(
      note,
      h("span", {}, says),
      " ",
      h("button", { class: "link", onclick: asFile }, _("Send as a file?")),
    );
  }

  function asFile() {
    uploads.add([new File([box.value], "message.txt", { type: "text/plain" })]);
    put("");
    box.focus();
  }

  /** As high as its text, up to six lines, where CSS alone cannot do it. */
  function fit() {
    if (CSS.supports("field-sizing", "content")) return;
    box.style.setProperty("block-size", "auto");
    box.style.setProperty("block-size", `${Math.min(box.scrollHeight, 140)}px`);
  }

  return { element: form, draw, focus: () => box.focus() };
}

/** Files dropped anywhere on `element`. */
export function takesDrops(element, uploads) {
  const veil = h("div", { class: "veil", hidden: true }, h("p", {}, _("Drop files to send them")));
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  element.append(veil);
  element.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  element.addEventListener("dragleave", (event) => {
    if (!element.contains(event.relatedTarget)) veil.hidden = true;
  });
  element.addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!carries(event)) return;
    event.preventDefault();
    uploads.add(event.dataTransfer.files);
  });
}
