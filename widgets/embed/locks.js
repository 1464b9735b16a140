// Locks between the tabs of one browser. Where it has none, or denies them to a frame, every tab is on its own.

/** Runs `act` in one tab at a time. */
export async function alone(name, act) {
  return (await mayLock()) ? navigator.locks.request(name, act) : act();
}

/** Holds the name for as long as this page lives. */
export async function hold(name) {
  if (await mayLock()) navigator.locks.request(name, () => new Promise(() => {}));
}

/** The names that living pages hold. */
export async function heldNames() {
  const { held } = (await mayLock()) ? await navigator.locks.query() : { held: [] };
  return new Set(held.map((lock) => lock.name));
}

let answer = null;

function mayLock() {
  answer ??= navigator.locks ? navigator.locks.query().then(Boolean, () => false) : Promise.resolve(false);
  return answer;
}
