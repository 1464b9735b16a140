// The words of the visitor's language, looked up by their English text.

let words = {};
let plural = new Intl.PluralRules("en");
let between = " ";

export function speak(table, language) {
  words = table;
  plural = new Intl.PluralRules(language);
  between = /^(zh|ja)\b/.test(language) ? "" : " ";
}

/** `_("Largest is {size}", {size})`; a text that counts is chosen by `n`. */
export function _(text, values = {}) {
  const found = words[text] ?? text;
  const chosen = found[plural.select(values.n)] ?? found.other ?? found;
  return chosen.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Sentences after each other, with a space where the language writes one. */
export function sentences(...said) {
  return said.filter(Boolean).join(between);
}
