// Asks once before something that cannot be undone. The browser's own dialog traps the focus, and Esc means no.

import { h } from "./dom.js";
import { _ } from "./words.js";

/** A promise of true or false. */
export function ask({ title, text, yes }) {
  const stay = h("button", { value: "no", class: "second" }, _("Cancel"));
  const go = h("button", { value: "yes", class: "main" }, yes);
  const dialog = h(
    "dialog",
    { "aria-labelledby": "asked" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "asked" }, title),
      h("p", {}, text),
      h("div", { class: "row" }, stay, go),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
