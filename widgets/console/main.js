// The console's start: everything else is imported from here.

import "./times.js";
import "./sla.js";
import "./forms.js";
import "./menus.js";
import "./presence.js";
import "./decision.js";
import "./merge.js";
import "./composer.js";
import "./planned.js";
import "./scrolling.js";
import "./looking.js";
import "./offers.js";
import "./notices.js";
import "./choices.js";
import "./keys.js";
import "./copy.js";
import { changed, facts } from "./facts.js";
import { start } from "./live.js";
import { shown } from "./navigate.js";

const { view, ticket } = shown();
start({ view, ticket, cursor: facts.cursor });
changed();
