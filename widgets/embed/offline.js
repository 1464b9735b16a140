// Out of hours: a letter instead of a chat. What was typed stays until the desk has confirmed it.

import { h, icon, write } from "./dom.js";
import { checked, newField, whoFields } from "./fields.js";
import { newId } from "./outbox.js";
import { _, sentences } from "./words.js";

export function newLetter({ frame, store, visitor, home }) {
  const draft = { ...store.get("you"), ...store.get("letter") };
  const kept = (name, value) => store.set("letter", { ...store.get("letter"), [name]: value });
  const fields = [
    ...whoFields({ ...frame.prechat, name: "optional", email: "required" }, draft, kept),
    newField({
      name: "text",
      label: _("Message"),
      kind: "textarea",
      required: true,
      value: draft.text,
      longest: frame.longest,
      kept,
    }),
  ];
  const button = h("button", { type: "submit", class: "main" }, _("Send"));
  const fault = h("p", { class: "fault", role: "alert" });
  const form = h(
    "form",
    { class: "form", novalidate: true },
    h("h2", {}, _("Leave a message")),
    h(
      "p",
      { class: "quiet" },
      frame.offline_text || sentences(frame.hours_text || _("We are away right now."), _("We answer by email.")),
    ),
    fields.map((field) => field.element),
    fault,
    button,
  );
  const page = h("div", { class: "page" }, form);
  form.addEventListener("submit", submit);

  async function submit(event) {
    event.preventDefault();
    if (button.disabled || !checked(fields)) return;
    button.disabled = true;
    write(fault, "");
    try {
      const answer = await visitor.request("/letters", { method: "POST", json: letter() });
      thank(await answer.json());
    } catch (error) {
      complain(error);
    }
    button.disabled = false;
  }

  /** The same id until it is confirmed, so that a second try cannot become a second letter. */
  function letter() {
    const id = store.get("letter")?.client_id ?? newId("l");
    kept("client_id", id);
    const values = Object.fromEntries(fields.map((field) => [field.name, field.value() || null]));
    return { client_id: id, name: null, topic: null, ...values };
  }

  function complain({ says, field }) {
    const named = fields.find((each) => each.name === field);
    if (named) {
      named.complain(says);
      named.focus();
    } else write(fault, says || _("We could not reach the desk. Your text is kept. Please try again."));
  }

  function thank({ number }) {
    store.drop("letter");
    const title = h("h2", { tabindex: "-1" }, _("Thank you. We have your message."));
    const done = h(
      "div",
      { class: "done", role: "status" },
      h("span", { class: "tick" }, icon("ok")),
      title,
      h("p", {}, _("Your number is {number}. We answer by email.", { number })),
      h("button", { class: "second", onclick: home }, _("Back")),
    );
    page.replaceChildren(done);
    title.focus();
  }

  return { element: page, focus: () => fields[0].focus() };
}
