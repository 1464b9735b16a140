// Files of a letter that answers nobody: each is stored while it is written, and goes along by its number.

import { $, $$, element } from "./facts.js";
import { Uploads, takesFiles } from "./uploads.js";

const field = $("[data-uploads]"), form = field.closest("form");
const list = $("[data-files]", field), send = $("button.primary", form);
const before = $$("li", list);
const uploads = new Uploads(field.dataset.uploads, list, settle);

function settle() {
  for (const { id, shown } of uploads.ready) {
    if (!$("input", shown)) shown.append(element("input", { type: "hidden", name: "files", value: String(id) }));
  }
  send.disabled = uploads.busy;
}

for (const shown of before) {
  uploads.put({ id: Number($("input", shown).value), name: $(".file-name", shown).textContent });
  shown.remove();
}
takesFiles(form, (files) => uploads.add(files));
$("[data-attaching]", field).hidden = false;
