// The words of the visitor's language, looked up by their English text.

let words = {};
let plural = new Intl.PluralRules("en");

export function speak(table, language) {
  words = table;
  plural = new Intl.PluralRules(language);
}

/** `_("Largest is {size}", {size})`; a text that counts is chosen by `n`. */
export function _(text, values = {}) {
  const found = words[text] ?? text;
  const chosen = typeof found === "string" ? found : (found[plural.select(values.n)] ?? found.other);
  return chosen.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
