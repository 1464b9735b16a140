// What this browser keeps for one site. Works from memory alone when storage is switched off.

export function newStore(site) {
  return { here: shelf(() => window.localStorage, site), tab: shelf(() => window.sessionStorage, site) };
}

/** Values are kept as JSON; whatever cannot be read back counts as absent. */
function shelf(storage, site) {
  const memory = new Map();
  const root = `frontdesk:${site}`;
  const key = (name) => (name ? `${root}:${name}` : root);

  function get(name) {
    try {
      return JSON.parse(storage().getItem(key(name)) ?? "null");
    } catch {
      return memory.get(key(name)) ?? null;
    }
  }

  function set(name, value) {
    memory.set(key(name), value);
    tried(() => storage().setItem(key(name), JSON.stringify(value)));
  }

  function drop(name) {
    memory.delete(key(name));
    tried(() => storage().removeItem(key(name)));
  }

  /** The names that begin so, stored or remembered. */
  function names(start) {
    const found = new Set(memory.keys());
    tried(() => Object.keys(storage()).forEach((each) => found.add(each)));
    return [...found].filter((each) => each.startsWith(key(start))).map((each) => each.slice(root.length + 1));
  }

  return { get, set, drop, names };
}

/** Full or forbidden: memory has it for as long as the page lives. */
function tried(act) {
  try {
    act();
  } catch {
    // As above.
  }
}
