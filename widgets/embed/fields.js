// Form fields with a label, the visitor's words kept, and a message beside the field that needs another look.

import { h, write } from "./dom.js";
import { isEmpty, length } from "./text.js";
import { _ } from "./words.js";

/**
 * `kind` is "text", "email", "textarea" or "select" (with `options` [[value, text]]). Gives {element, name, value(),
 * check(), complain(says), focus()}; `check()` is true when the value can be sent.
 */
export function newField({
  name,
  label,
  kind = "text",
  required = false,
  value = "",
  options = [],
  longest = 200,
  kept = () => {},
}) {
  const id = `field-${name}`;
  const props = { id, name, "aria-describedby": `${id}-fault`, "aria-required": String(required), dir: "auto" };
  const input = control(kind, props, options);
  const fault = h("p", { class: "fault", id: `${id}-fault`, role: "alert" });
  const optional = required ? null : h("small", {}, _("optional"));
  const element = h("div", { class: "field" }, h("label", { for: id }, label, " ", optional), input, fault);
  input.value = value ?? "";
  input.addEventListener("input", () => {
    kept(name, input.value);
    if (input.hasAttribute("aria-invalid")) check();
  });

  function check() {
    const says = wrong(input.value.trim(), { kind, required, longest });
    complain(says);
    return says === "";
  }

  function complain(says) {
    write(fault, says);
    if (says) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  return { element, name, value: () => input.value.trim(), check, complain, focus: () => input.focus() };
}

/** True when every field can be sent; otherwise each says what it needs, and the first of them has the focus. */
export function checked(fields) {
  const bad = fields.filter((field) => !field.check());
  bad[0]?.focus();
  return !bad.length;
}

/** Who writes, and about what: the fields of a site's `prechat` that are "optional" or "required", and its topics. */
export function whoFields({ name, email, topics }, draft, kept) {
  const options = [["", _("Choose a topic")], ...(topics ?? []).map((topic) => [topic.key, topic.name])];
  return [
    { asks: name, name: "name", label: _("Your name") },
    { asks: email, name: "email", label: _("Email"), kind: "email" },
    { asks: options[1] && "optional", name: "topic", label: _("Topic"), kind: "select", options },
  ]
    .filter(({ asks }) => ["optional", "required"].includes(asks))
    .map((field) => newField({ ...field, required: field.asks === "required", value: draft[field.name], kept }));
}

function control(kind, props, options) {
  const lines = options.map(([value, text]) => h("option", { value }, text));
  if (kind === "textarea") return h(kind, { ...props, rows: "5" });
  else if (kind === "select") return h(kind, props, lines);
  else return h("input", { ...props, type: kind, inputmode: kind, autocomplete: kind === "email" ? kind : "name" });
}

function wrong(value, { kind, required, longest }) {
  if (required && isEmpty(value)) return _("Please fill this in");
  else if (length(value) > longest) return _("Too long by {n} characters.", { n: length(value) - longest });
  else if (kind === "email" && value && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
    return _("This address looks incomplete, for example name@example.com");
  else return "";
}
