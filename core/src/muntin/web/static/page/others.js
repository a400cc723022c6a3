// ---- pages that are not shared: a viewer's own session, and the operators' cards ----

import { byId, connection, element, page, root } from "./base.js";
import { feeds } from "./feeds.js";
import { apply, remember, replacePanel } from "./changes.js";
import { CHANGED, SIGNED_OUT, closed, heard } from "./socket.js";
import { load } from "./charts.js";
import { repaint } from "./theme.js";
import { found, leave, lose } from "./link.js";
import { resting } from "./rest.js";

// A private page: Bokeh's own session, for what viewers do there is sent to the server.
export async function join() {
  const ids = Object.keys(page.roots);
  await load(page.bundles);
  if (!page.token) return;
  window.WebSocket = class extends WebSocket {  // Bokeh opens its own, and does not say why one closes
    /** @param {string | URL} address @param {string | string[]} [protocols] */
    constructor(address, protocols) {
      super(address, protocols);
      this.addEventListener("close", closed);
      this.addEventListener("message", listen);  // before Bokeh's own: nothing is missed while it draws
    }
  };
  for (const id of Object.values(page.roots)) if (!byId(id)) document.body.append(element("div", { id, hidden: "" }));
  await window.Bokeh.embed.embed_items({}, [{ token: page.token, roots: page.roots, root_ids: ids }], `/${page.page}`);
  connection.lastHeard = performance.now();
  root.dataset.charts = "ready";
  setTimeout(repaint, 250);
  found();
}

// Takes what the server says beside Bokeh's own changes, from the moment there is a document.
function listen() {
  const doc = window.Bokeh.documents.at(-1);
  if (!doc || doc === listening) return;
  listening = doc;
  doc.on_message("muntin", (data) => { connection.lastHeard = performance.now(); apply(data); });
  doc.on_message("muntin-beat", (time) => { connection.lastHeard = performance.now(); heard(time); });
}
let listening = null;

// The operators' page asks for its cards; what it shows is no part of any fund's document.
export async function ask() {
  if (resting) return;
  try {
    const answer = await fetch("/-/panels", { cache: "no-store", signal: AbortSignal.timeout(3000) });
    if (answer.status === 401 || answer.status === 403) return leave(answer.status === 401 ? SIGNED_OUT : CHANGED);
    const cards = (await answer.json()).map(([slug, html]) => [remember(byId(`panel:${slug}`)), html]);
    for (const [kept, html] of cards) replacePanel(kept, html);
    const rows = await (await fetch("/-/feeds", { cache: "no-store", signal: AbortSignal.timeout(3000) })).json();
    for (const row of rows) Object.assign(feeds.get(row.name) ?? {}, { asOf: row.as_of && Date.parse(row.as_of), hasValue: row.has_value });
    connection.lastHeard = performance.now();
    found();
  } catch { lose("closed"); return; }
  asking = setTimeout(ask, 2000);
}
export let asking = 0;

// In development: a page of one server may find itself connected to the next one.
export async function compare() {
  const text = await fetch(location.href, { cache: "no-store" }).then((answer) => answer.text(), () => "");
  if (text && !text.includes(`"dev":"${page.dev}"`)) location.reload();
}
