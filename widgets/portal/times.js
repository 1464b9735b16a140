// Times in the reader's own time zone; without scripts they are told in UTC.

// The page's language, as the reader's own country writes it.
const short = document.documentElement.lang.slice(0, 2);
const language = navigator.languages.find((one) => one.startsWith(short)) ?? document.documentElement.lang;
const FORMS = {
  day: { dateStyle: "long" },
  moment: { dateStyle: "long", timeStyle: "short" },
};

/** Tell the times in here. */
export function tell(root) {
  for (const time of root.querySelectorAll("time[data-as]")) {
    const form = FORMS[time.dataset.as];
    if (form) time.textContent = new Intl.DateTimeFormat(language, form).format(new Date(time.dateTime));
  }
}

tell(document);
