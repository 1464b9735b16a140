// Files chosen for the next message. What is empty or too large is said before anything is sent.

import { h, fill, icon, iconButton } from "./dom.js";
import { newId } from "./outbox.js";
import { marked, size } from "./text.js";
import { _ } from "./words.js";

/** Each: {id, file, state: "sending"|"ready"|"failed"|"refused", part (0 to 1), says, sent (the desk's FILE)}. */
export function newUploads({ visitor, api, largest, changed }) {
  let list = [];
  const tray = h("ul", { class: "tray", "aria-label": _("Files to send"), hidden: true });

  function add(files) {
    for (const file of files) {
      const upload = { id: newId("f"), file, state: "sending", part: 0, says: "", sent: null, wire: null };
      list.push(upload);
      const fault = wrong(file, largest);
      if (fault) settle(upload, "refused", fault);
      else send(upload);
    }
    draw();
  }

  async function send(upload) {
    settle(upload, "sending", "");
    try {
      upload.sent = await post(upload, {
        api,
        token: await visitor.token(),
        progress: (part) => advance(upload, part),
      });
      settle(upload, "ready", "");
    } catch (error) {
      if (error.status === 401) visitor.forget();
      const refused = error.says && error.status !== 401 && error.status !== 429;
      settle(upload, refused ? "refused" : "failed", error.says || _("Not finished. Try again."));
    }
  }

  function settle(upload, state, says) {
    Object.assign(upload, { state, says, part: 0 });
    draw();
  }

  function advance(upload, part) {
    upload.part = part;
    const bar = tray.querySelector(`[data-upload="${upload.id}"] progress`);
    if (bar) bar.value = part;
  }

  function remove(upload) {
    upload.wire?.abort();
    list = list.filter((each) => each !== upload);
    draw();
  }

  /** The files that are ready; they leave the tray. */
  function take() {
    const ready = list.filter(isNow("ready"));
    list = list.filter((upload) => !ready.includes(upload));
    draw();
    return ready.map((upload) => upload.sent);
  }

  function draw() {
    fill(tray, list.map(chip));
    tray.hidden = list.length === 0;
    changed();
  }

  function chip(upload) {
    const name = marked(upload.file.name);
    const bad = ["failed", "refused"].includes(upload.state);
    const line =
      upload.state === "sending"
        ? h("progress", { max: "1", value: String(upload.part), "aria-label": _("Sending {name}", { name }) })
        : h("small", { role: bad ? "alert" : null }, upload.says || size(upload.file.size));
    const again = upload.state === "failed" ? iconButton("retry", _("Try again"), () => send(upload)) : null;
    return h(
      "li",
      { class: bad ? "chip bad" : "chip", "data-upload": upload.id, "data-state": upload.state },
      icon(upload.file.type.startsWith("image/") ? "image" : "file"),
      h("span", { class: "name" }, h("bdi", {}, name), line),
      again,
      iconButton("close", _("Remove {name}", { name }), () => remove(upload)),
    );
  }

  return {
    tray,
    add,
    take,
    busy: () => list.some(isNow("sending")),
    ready: () => list.some(isNow("ready")),
  };
}

function isNow(state) {
  return (upload) => upload.state === state;
}

function wrong(file, largest) {
  if (file.size === 0) return _("File is empty");
  else if (file.size > largest) return _("Largest is {size}", { size: size(largest) });
  else return "";
}

/** The desk's FILE. Not `fetch`: only this way tells how far an upload is. */
function post(upload, { api, token, progress }) {
  const form = new FormData();
  form.append("client_id", upload.id);
  form.append("file", upload.file, upload.file.name);
  const wire = new XMLHttpRequest();
  upload.wire = wire;
  wire.responseType = "json";
  return new Promise((resolve, reject) => {
    const fail = () => reject({ status: wire.status, says: wire.response?.says });
    wire.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    wire.addEventListener("load", () => (wire.status === 201 ? resolve(wire.response?.file) : fail()));
    for (const end of ["error", "abort", "timeout"]) wire.addEventListener(end, fail);
    wire.open("POST", `${api}/files`);
    wire.setRequestHeader("Authorization", `Bearer ${token}`);
    wire.send(form);
  });
}
