// ---- the page begins ----

import { connection, page } from "./base.js";
import "./theme.js";
import { takeFeeds, tick } from "./feeds.js";
import { takeTables } from "./tables.js";
import { takeScripts } from "./scripts.js";
import { connect } from "./socket.js";
import { load } from "./charts.js";
import { ask, join } from "./others.js";
import { watch } from "./link.js";
import { noticed } from "./rest.js";
import "./viewer.js";
import "./cells.js";

const [opened] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
const sent = opened?.serverTiming?.find((entry) => entry.name === "now");
if (sent) connection.offset = Number(sent.description) - (performance.timeOrigin + opened.responseStart);

takeFeeds(page.feeds);
takeTables(document);
takeScripts(document);
if (page.scope === "shared") connect();
tick();
setInterval(tick, 1000);
setInterval(watch, 250);
document.addEventListener("visibilitychange", noticed);
noticed();
if (page.scope === "operations") ask();
if (page.scope === "private") join().catch((error) => console.error("charts", error));
// Scripts wait for a frame with the figures, and not for the connection.
if (page.scope === "shared") load(page.bundles).catch(() => {});
