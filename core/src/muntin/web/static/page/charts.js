// ---- charts: Bokeh's scripts run once the figures are painted; the document comes meanwhile ----

import { byId, connection, element, nonce, page, root } from "./base.js";
import { tick } from "./feeds.js";
import { drawIn } from "./drawing.js";
import { repaint } from "./theme.js";

const bundles = new Map();
export let charts = null, asked = null;

// Resolves after the next frame; what is hidden has none.
/** @returns {Promise<void>} */
const frame = () => new Promise((done) =>
  document.hidden ? done() : requestAnimationFrame(() => setTimeout(done)));

// Resolves once these bundles have run, in their order; one that did not arrive is fetched anew.
export async function load(names) {
  if (names.some((name) => !bundles.has(name))) await frame();
  for (const name of names) if (!bundles.has(name)) bundles.set(name, fetchScript(name));
  return Promise.all(names.map((name) => bundles.get(name)));
}

function fetchScript(name) {
  const script = Object.assign(element("script"), { async: false, nonce, src: address(name) });
  return new Promise((done, failed) => {
    script.onload = done;
    script.onerror = () => { bundles.delete(name); failed(new Error(`${name} did not arrive`)); };
    document.head.append(script);
  });
}

// A bundle with a slash in its name is a file of Panel's.
function address(name) {
  return page.scripts[name] ?? `/static/extensions/panel/${name.split("/").map(encodeURIComponent).join("/").replaceAll("%40", "@")}`;
}

// Charts came or went: the page's set of bundles and its document are other ones now.
export function resync(names) {
  page.bundles = names;
  if (names.length || charts) pull();
}

// The answer to one pull is newer than every change that is announced before it comes.
export function pull() {
  load(page.bundles).catch(() => {});
  if (asked === connection.socket || connection.socket?.readyState !== WebSocket.OPEN) return;
  asked = connection.socket;
  for (const message of [{ msgid: `pull-${connection.revision}`, msgtype: "PULL-DOC-REQ" }, {}, {}]) connection.socket.send(JSON.stringify(message));
}

export function draw(doc) {
  asked = null;
  charts = place(doc, charts).catch((error) => { console.error("charts", error); again(10000); return null; });
}

// A page whose scripts do not come shows its figures all the same.
function again(wait) {
  setTimeout(() => load(page.bundles).then(pull, () => again(Math.min(wait * 2, 300000))), wait);
}

// Puts a document's charts where the page has room for them, in place of those before.
async function place(doc, before) {
  const old = await before;
  await load(page.bundles);
  await new Promise((done) => setTimeout(done));  // what the last change had Bokeh build is built by then
  const moved = old ? forget(old) : [];
  for (const slot of document.querySelectorAll("[data-slot]")) slot.replaceChildren();
  const placed = doc.roots.filter((model) => byId(model.attributes.name));
  if (!placed.length) return null;
  const made = await embed(doc, placed.map((model) => byId(model.attributes.name)));
  if (!made) return null;
  root.dataset.charts = "ready";
  setTimeout(repaint, 250);
  for (const [range, start, end] of moved) made.get_model_by_id(range)?.setv({ start, end });
  return made;
}

// Draws a document in its slots, which stay where they are meanwhile. Returns null if one has gone:
// then a document without it is on its way.
async function embed(doc, slots) {
  for (const slot of slots) {
    slot.dataset.drawing = "";
    delete slot.dataset.failed;
  }
  try {
    return await drawIn(doc, (model) => byId(model.name), notDrawn);
  } catch (error) {
    if (slots.every((slot) => slot.isConnected)) throw error;
    return null;
  } finally {
    for (const slot of slots) delete slot.dataset.drawing;
  }
}

// A chart that the browser cannot draw is marked; the foot of its panel no longer says that it is live.
function notDrawn(slot, error, why = "This cannot be drawn in this browser.") {
  if (!slot.isConnected || "failed" in slot.dataset) return;
  console.error("chart", slot.id, error);
  slot.dataset.failed = "";
  slot.replaceChildren(element("p", { class: "mu-fault" }, why));
  tick();
}

// What is made of scripts that come as text is empty where the page allows none.
export async function refuseTextScripts() {
  const doc = await charts;
  for (const model of doc?.all_roots ?? []) {
    const slot = byId(model.name);
    if (slot && [...model.references()].some(({ type }) => /VegaPlot|ReactiveHTML/.test(type)))
      notDrawn(slot, model.type, "This is made of scripts that the page does not allow.");
  }
}

// Clears a document; returns where its viewer has moved ranges to: they have the same names in the next.
function forget(old) {
  const moved = [...old._all_models.values()].filter(isMoved).map((range) => [range.id, range.start, range.end]);
  old.clear();
  window.Bokeh.documents.splice(window.Bokeh.documents.indexOf(old), 1);
  return moved;
}

const isMoved = (range) => range.reset_start !== undefined && range.reset_start !== null
  && (range.start !== range.reset_start || range.end !== range.reset_end);

// A range that the viewer has moved stays where it is; the data in it goes on.
export function zoomed(doc, event) {
  if (event.kind !== "ModelChanged" || (event.attr !== "start" && event.attr !== "end")) return false;
  const range = doc.get_model_by_id(event.model.id);
  return range !== null && isMoved(range);
}
