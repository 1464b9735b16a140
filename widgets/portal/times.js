// Times in the reader's own time zone; without scripts they are told in UTC.

const language = document.documentElement.lang;
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
