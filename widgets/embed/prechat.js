// The few questions before a chat. Answers are kept, so that nobody is asked twice.

import { h } from "./dom.js";
import { checked, whoFields } from "./fields.js";
import { _ } from "./words.js";

/** True when the site asks something that is not known yet. */
export function mustAsk({ prechat }, you, answers) {
  const asks = (field) => ["optional", "required"].includes(prechat[field]);
  const skipped = (field) => prechat[field] === "optional" && answers?.[field] === "";
  const missing = (field) => asks(field) && !you?.[field] && !answers?.[field] && !skipped(field);
  return (
    Boolean(prechat.ask) &&
    (missing("name") || missing("email") || (prechat.topics?.length > 0 && answers?.topic === undefined))
  );
}

export function newPrechat({ frame, store, done }) {
  const { prechat } = frame;
  const draft = { ...store.get("you") };
  const kept = (name, value) => store.set("you", Object.assign(draft, { [name]: value }));
  const fields = whoFields(prechat, draft, kept);
  const form = h(
    "form",
    { class: "form", novalidate: true },
    h("h2", {}, _("Before we start")),
    fields.map((field) => field.element),
    h("button", { type: "submit", class: "main" }, _("Start the chat")),
  );

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!checked(fields)) return;
    const answers = Object.fromEntries(fields.map((field) => [field.name, field.value()]));
    store.set("you", { ...draft, ...answers });
    done(answers);
  });

  return { element: h("div", { class: "page" }, form), focus: () => fields[0]?.focus() };
}
