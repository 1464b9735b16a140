// What tells the desk that something was sent by a page of its own.

import { $ } from "./facts.js";

export const HEADERS = Object.freeze({ "X-Requested-With": "frontdesk", "X-CSRF-Token": $('meta[name="csrf"]').content, Accept: "application/json" });
