// Files on their way to whatever an agent writes: by button, paste or drop; each is stored before the message takes it.

import { $, $$, _, element, facts, newId } from "./facts.js";
import { HEADERS } from "./token.js";

/** The files of one text, stored at `url`. `changed` is called when one came, went or is ready. */
export class Uploads {
  constructor(url, list, changed) {
    this.url = url;
    this.list = list;
    this.changed = changed;
    this.files = [];
  }

  /** The composer was drawn anew: its files go on in this list. */
  goOn(list, changed) {
    list.append(...this.files.map((file) => file.shown));
    return Object.assign(this, { list, changed });
  }

  get ready() {
    return this.files.filter((file) => file.id);
  }

  get busy() {
    return this.files.some((file) => !file.id && !file.failed);
  }

  add(files) {
    for (const file of files) this.start({ name: file.name || "image.png", blob: file, key: newId(), id: null, failed: "" });
  }

  /** One that the desk has already: {id, name}. */
  put({ id, name }) {
    const file = { id, name, failed: "", shown: null };
    this.files.push(file);
    this.draw(file);
    this.changed();
  }

  start(file) {
    file.failed = wrong(file.blob);
    if (!this.files.includes(file)) this.files.push(file);
    this.draw(file);
    if (!file.failed) this.upload(file);
    this.changed();
  }

  upload(file) {
    const form = new FormData();
    form.append("client_id", file.key);
    form.append("file", file.blob, file.name);
    const request = (file.request = new XMLHttpRequest());
    request.open("POST", this.url);
    for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => $("progress", file.shown)?.setAttribute("value", String(loaded / total));
    request.onload = () => this.done(file, request.status === 201 ? request.response.file : null, request.response?.says);
    request.onerror = () => this.done(file, null, _("No connection. Your text is kept, try again."));
    request.send(form);
  }

  done(file, stored, says) {
    if (stored) Object.assign(file, { id: stored.id, name: stored.name });
    else file.failed = says ?? _("Not sent");
    this.draw(file);
    this.changed();
  }

  draw(file) {
    const drop = element("button", { type: "button", "aria-label": _("Remove {name}", { name: file.name }), click: () => this.remove(file) }, "×");
    const name = element("span", { class: "file-name", dir: "auto" }, file.name);
    const parts = [name];
    if (file.failed) parts.push(element("small", {}, file.failed), ...(wrong(file.blob) ? [] : [element("button", { type: "button", "aria-label": _("Try again"), title: _("Try again"), click: () => this.start(file) }, "↻")]));
    else if (!file.id) parts.push(element("progress", { max: "1", "aria-label": _("Sending {name}", { name: file.name }) }));
    const shown = element("li", file.failed ? { class: "failed" } : {}, ...parts, drop);
    if (file.shown) file.shown.replaceWith(shown);
    else this.list.append(shown);
    file.shown = shown;
  }

  remove(file) {
    file.request?.abort();
    file.shown.remove();
    this.files = this.files.filter((one) => one !== file);
    this.changed();
  }

  clear() {
    for (const file of this.files) file.shown.remove();
    this.files = [];
    this.changed();
  }
}

/** Said before anything is sent. */
function wrong({ size }) {
  if (size === 0) return _("File is empty");
  return size > facts.largest ? _("Largest is {size}", { size: `${Math.floor(facts.largest / 1024 / 1024)} MB` }) : "";
}

/** Files that are pasted or dropped onto the composer. */
export function takesFiles(composer, take) {
  composer.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) {
      event.preventDefault();
      take(event.clipboardData.files);
    }
  });
  const pane = composer.closest(".ticket, .page");
  const over = (on) => composer.classList.toggle("dropping", on);
  pane.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  pane.addEventListener("dragleave", (event) => {
    if (!pane.contains(event.relatedTarget)) over(false);
  });
  pane.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    take(event.dataTransfer.files);
  });
  for (const input of $$("[data-attach]", composer)) {
    input.addEventListener("change", () => {
      take(input.files);
      input.value = "";
    });
  }
}
