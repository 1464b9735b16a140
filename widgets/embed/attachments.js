// Files in the conversation: a small picture, or a card to download. Bytes are fetched as this visitor.

import { h, icon } from "./dom.js";
import { marked, size } from "./text.js";
import { _ } from "./words.js";

const WIDEST = 240;
const HIGHEST = 220;

export function showFiles(files, visitor, side) {
  return files.map((file) => h("div", { class: `file ${side}` }, (file.inline ? picture : card)(file, visitor)));
}

/** Saves bytes under a name; the address lives only as long as the click. */
export async function save(visitor, path, name) {
  const answer = await visitor.request(path);
  const address = URL.createObjectURL(await answer.blob());
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function card(file, visitor) {
  const note = h("small", {}, size(file.size));
  const download = () => fetching(note, file, () => save(visitor, `/files/${file.id}`, file.name));
  return h(
    "button",
    {
      class: "card",
      onclick: download,
      "aria-label": _("Download {name}", { name: marked(file.name) }),
    },
    icon("file"),
    h("span", { class: "name" }, h("bdi", {}, marked(file.name)), note),
    icon("download"),
  );
}

/** The desk's own small copy of the picture; room is kept for it, so that nothing jumps when it comes. */
function picture(file, visitor) {
  const scale = Math.min(1, WIDEST / file.width, HIGHEST / file.height);
  const shape = { width: Math.round(file.width * scale), height: Math.round(file.height * scale) };
  const image = h("img", { alt: marked(file.name), ...shape, decoding: "async" });
  const button = h(
    "button",
    {
      class: "picture",
      onclick: () => save(visitor, `/files/${file.id}`, file.name).catch(() => {}),
      title: marked(file.name),
      "aria-label": _("Download {name}", { name: marked(file.name) }),
    },
    image,
  );
  visitor
    .request(`/files/${file.id}/preview`)
    .then((answer) => answer.blob())
    .then((blob) => (image.src = URL.createObjectURL(blob)))
    .catch(() => button.replaceWith(card(file, visitor)));
  return button;
}

async function fetching(note, file, act) {
  try {
    await act();
    note.textContent = size(file.size);
  } catch (error) {
    note.textContent = error.says || _("Could not be fetched. Tap to try again.");
  }
}
