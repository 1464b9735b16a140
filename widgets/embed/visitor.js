// Who this browser is to the desk: a token, made when it is first needed, and requests that carry it.

import { alone } from "./locks.js";

/** A refusal with a sentence for a person; `field` names the form field it is about. */
export class Refused extends Error {
  constructor(says, { field = null, retryAfter = null, status = 0 } = {}) {
    super(says);
    Object.assign(this, { says, field, retryAfter, status });
  }
}

export function newVisitor({ frame, store, page }) {
  let making = null;

  /** The token; a new visitor is made if there is none. Two tabs that start at once share the first one made. */
  async function token() {
    const kept = store.get("");
    if (kept) return kept;
    making ??= alone(`frontdesk:${frame.site}:visitor`, make).finally(() => (making = null));
    return making;
  }

  async function make() {
    const made = store.get("");
    if (made) return made;
    const answer = await ask("/visitors", {
      method: "POST",
      json: { site: frame.site, lang: frame.lang, page: page() },
    });
    const { token: fresh } = await answer.json();
    store.set("", fresh);
    return fresh;
  }

  /** The desk no longer knows this token: the next request starts as somebody new. */
  function forget(stale) {
    if (!stale || store.get("") === stale) store.drop("");
  }

  /** A request as this visitor. An unknown token is replaced once. */
  async function request(path, options = {}, again = true) {
    const mine = await token();
    try {
      return await ask(path, { ...options, token: mine });
    } catch (error) {
      if (!(again && error instanceof Refused && error.status === 401)) throw error;
      forget(mine);
      return request(path, options, false);
    }
  }

  async function ask(path, { method = "GET", json, token: bearer } = {}) {
    const headers = {};
    if (json) headers["Content-Type"] = "application/json";
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    const answer = await fetch(frame.api + path, {
      method,
      headers,
      body: json && JSON.stringify(json),
      credentials: "omit",
      cache: "no-store",
    });
    if (answer.ok) return answer;
    const { says = "", field, retry_after: retryAfter } = await answer.json().catch(() => ({}));
    throw new Refused(says, { field, retryAfter, status: answer.status });
  }

  return { token, forget, request, isKnown: () => Boolean(store.get("")) };
}
