// ---- the page begins ----

const [opened] = performance.getEntriesByType("navigation");
const sent = opened?.serverTiming?.find((entry) => entry.name === "now");
if (sent) offset = Number(sent.description) - (performance.timeOrigin + opened.responseStart);

takeFeeds(page.feeds);
takeTables(document);
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
