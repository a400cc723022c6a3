// The page of a Panel app. Where all viewers share one run of it, this speaks the Bokeh protocol itself, so that a
// viewer who comes late, was away or slept gets the current state, and BokehJS only draws. Where each has a session of
// their own, BokehJS does both, and this watches over it.
"use strict";
(() => {
const byId = (id) => document.getElementById(id);
const page = JSON.parse(byId("mu-app-data").textContent);
const viewer = JSON.parse(byId("mu-viewer")?.textContent ?? "null");
const root = document.documentElement;
// Muntin's own page has a place for what is said and for the app; an app's own template has not.
const frame = byId("mu-app-roots");
const own = Boolean(page.roots);

const SIGNED_OUT = 4401, CHANGED = 4403, RESTARTED = 4410, HUNG = 4411;
const LOST_AFTER = 4400, DEAD_AFTER = 15000, REST_AFTER = 30000;
let redraw = 2500;

let socket = null, revision = null, lastHeard = 0, offset = 0, lostAt = 0, resting = false, left = false;
let said = page.said, undrawn = false, drawing = Promise.resolve(null), asked = null, unused = new Map();

// Scripts that a script makes, as Babel does and Panel's HTML pane, run by the page's policy as if they stood in it.
const nonce = document.currentScript.nonce, createElement = Document.prototype.createElement;
Document.prototype.createElement = function (...what) {
  const made = createElement.apply(this, what);
  if (made instanceof HTMLScriptElement) made.nonce = nonce;
  return made;
};

// What the app would fetch from other hosts, and does not get.
const wanted = new Set();
document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
  // A template goes without its fonts from elsewhere; icons by name leave a gap.
  const replaced = /^(style|font)-/.test(effectiveDirective) && !blockedURI.includes("icons");
  if (!/^https?:/.test(blockedURI) || replaced) return;
  wanted.add(new URL(blockedURI).host);
  tell();
});

// ---- the connection ----

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const known = revision === null ? "" : `rev=${revision}&`;
  socket = new WebSocket(`${scheme}//${location.host}${page.ws}?${known}of=${page.server}`, ["bokeh", viewer?.token ?? page.token]);
  socket.binaryType = "arraybuffer";
  let parts = [], wanted = 3;
  socket.onmessage = (event) => {
    lastHeard = performance.now();
    parts.push(event.data);
    if (parts.length === 1) wanted = 3 + 2 * (JSON.parse(parts[0]).num_buffers || 0);
    if (parts.length < wanted) return;
    const [header, , content, ...buffers] = parts;
    parts = [];
    receive(JSON.parse(header), JSON.parse(content), buffers);
  };
  socket.onclose = closed;
}

function receive(header, content, buffers) {
  if (header.msgtype === "ACK" && revision === null) pull();
  else if (header.msgtype === "OK" && content.now) heard(content.now);
  else if (header.msgtype === "PULL-DOC-REPLY") draw(Number(header.msgid.slice(5)), content);
  else if (header.msgtype === "PATCH-DOC") patch(content.events, buffers);
}

function heard(serverTime) {
  offset = serverTime - Date.now();
  if (lostAt || root.dataset.link !== "live") regain();
}

function pull() {
  if (asked === socket || socket?.readyState !== WebSocket.OPEN) return;
  asked = socket;
  for (const message of [{ msgid: "pull", msgtype: "PULL-DOC-REQ" }, {}, {}]) socket.send(JSON.stringify(message));
}

// ---- a session of one's own ----

async function join() {
  await ready();
  window.WebSocket = class extends WebSocket {  // Bokeh opens its own, and does not say why one closes
    constructor(...given) {
      super(...given);
      this.addEventListener("close", closed);
      this.addEventListener("message", listen);
    }
  };
  const roots = Object.fromEntries(page.roots.map((id) => [id, placeOf(id)])), token = viewer?.token ?? page.token;
  await window.Bokeh.embed.embed_items({}, [{ token, roots, root_ids: page.roots }], location.pathname);
  root.dataset.charts = "ready";
}

function listen() {
  lastHeard = performance.now();
  if (lostAt || root.dataset.link !== "live") regain();
  const doc = window.Bokeh.documents.at(-1);
  if (!doc || doc === listening) return;
  listening = doc;
  doc.on_message("muntin-beat", (time) => { offset = time - Date.now(); });
  doc.on_message("muntin", (told) => { said = told.said; tell(); });
}
let listening = null;

// ---- the app ----

function draw(newRevision, content) {
  asked = null;
  revision = newRevision;
  drawing = drawing.then((old) => place(content.doc, old)).then((doc) => {
    unused = new Map(Object.entries(content.muntin?.controls ?? {}));
    putOutOfUse(doc);
    root.dataset.charts = "ready";
    undrawn = false;
    tell();
    return doc;
  }).catch(notDrawn);
}

function notDrawn(error) {
  console.error("app", error);
  setTimeout(pull, redraw = Math.min(2 * redraw, 60000));
  undrawn = true;
  tell();
  return null;
}

async function place(json, old) {
  await ready();
  if (old) { old.clear(); window.Bokeh.documents.splice(window.Bokeh.documents.indexOf(old), 1); }
  const docid = `muntin-${Date.now()}`, root_ids = json.roots.map((model) => model.id);
  const roots = Object.fromEntries(json.roots.map((model) => [model.id, placeOf(model.id)]));
  await window.Bokeh.embed.embed_items({ [docid]: json }, [{ docid, roots, root_ids }]);
  return window.Bokeh.documents.at(-1);
}

// Scripts of the page that come as modules run after this one.
const ready = () => document.readyState === "complete" ? null : new Promise((done) => window.addEventListener("load", done, { once: true }));

function placeOf(id) {
  const place = document.querySelector(`[data-root-id="${CSS.escape(id)}"]`) ?? document.createElement("div");
  if (!place.isConnected) {
    place.dataset.rootId = id;
    place.className = "mu-app-root";
    if (!frame) place.style.display = "contents";
    (frame ?? document.body).append(place);
  }
  place.replaceChildren();
  return place;
}

// The answer to a pull is newer than every change that comes before it.
function patch(events, buffers) {
  const mine = events.filter((event) => event.kind === "MessageSent" && event.msg_type === "muntin");
  const others = events.filter((event) => !mine.includes(event));
  if (others.length && asked !== socket) {
    const map = new Map();
    for (let i = 0; i < buffers.length; i += 2) map.set(JSON.parse(buffers[i]).id, buffers[i + 1]);
    drawing = drawing.then((doc) => {
      try { doc?.apply_json_patch({ events: others }, map); }
      catch (error) { console.error("app", error); pull(); }
      return doc;
    });
  }
  for (const { msg_data: told } of mine) hear(told);
  // An app that never rests leaves no room for a heartbeat: its changes are as good as one.
  if (asked !== socket && (lostAt || root.dataset.link !== "live")) regain();
}

function hear(told) {
  if (asked !== socket) revision = told.revision;
  said = told.said;
  for (const [id, what] of Object.entries(told.controls)) unused.set(id, what);
  drawing = drawing.then((doc) => { putOutOfUse(doc); return doc; });
  if (told.whole) pull();
  tell();
}

// What a viewer does is not sent: controls that need Python are seen not to be in use.
function putOutOfUse(doc) {
  for (const [id, what] of unused) {
    const model = doc?.get_model_by_id(id), value = what !== "editable";
    if (model && model[what] !== value) model.setv({ [what]: value });
  }
  tell();
}

// ---- what is said, above everything and in nobody's styles ----

const two = (n) => String(n).padStart(2, "0");
const clock = (ms) => { const d = new Date(ms); return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`; };

const host = document.createElement("div");
const shadow = host.attachShadow({ mode: "open" });
shadow.innerHTML = `<style>
:host{position:fixed;inset:auto 0 0 0;z-index:2147483000;pointer-events:none;display:flex;flex-direction:column;align-items:center;gap:6px;padding:10px;font:13px/1.4 system-ui,sans-serif}
p{margin:0;pointer-events:auto;padding:7px 12px;border-radius:8px;max-width:min(720px,calc(100vw - 40px));box-shadow:0 2px 10px rgb(0 0 0/.25)}
p:empty{display:none}.bad{background:#8f1d1d;color:#fff;font-weight:600}.quiet{background:#20262e;color:#e8ebef}
button{font:inherit;color:inherit;background:none;border:0;padding:0 0 0 10px;cursor:pointer;text-decoration:underline}
</style><aside aria-label="About this page"><p class="bad" role="status" id="link"></p><p class="bad" role="status" id="said"></p><p class="quiet" role="note" id="elsewhere"></p><p class="quiet" role="note" id="unused"></p></aside>`;
document.body.append(host);
const dismissed = new Set();

function tell() {
  const at = shadow.getElementById("link"), fault = shadow.getElementById("said");
  text(at, lostAt ? `Connection lost at ${clock(lostAt)} UTC. What is shown is the last known; trying to reconnect.` : "");
  text(fault, said || (undrawn ? "A part of this app could not be drawn." : ""));
  note("unused", unused.size ? "This page is shared: controls that are greyed out are not in use here." : "");
  const hosts = [...wanted].sort().join(", ");
  note("elsewhere", hosts && `Nothing is fetched from other hosts: what this app takes from ${hosts} is missing.`);
  const lamp = byId("mu-lamp");
  if (lamp) { lamp.dataset.status = lostAt ? "lost" : said ? "stale" : "live"; text(byId("mu-lamp-text"), lostAt ? "connection lost" : said ? "not well" : "live"); }
}

// Says something until the viewer has read it.
function note(id, words) {
  const el = shadow.getElementById(id);
  text(el, dismissed.has(words) ? "" : words);
  if (!el.firstChild || el.querySelector("button")) return;
  const button = document.createElement("button");
  button.textContent = "OK";
  button.onclick = () => { dismissed.add(words); tell(); };
  el.append(button);
}

function text(el, words) {
  if (!words) el.replaceChildren();
  else if (!el.firstChild || el.firstChild.data !== words) el.replaceChildren(words);
}

// ---- whether the server is there ----

function watch() {
  if (left || resting || !lastHeard || document.hidden) return;
  const silent = performance.now() - lastHeard;
  if (silent > LOST_AFTER) lose();
  if (silent > DEAD_AFTER) socket?.close();
}

function closed(event) {
  if (event.code === RESTARTED || event.code === HUNG) return location.reload();
  if (event.code === SIGNED_OUT || event.code === CHANGED) return leave();
  lose();
  socket = null;
  setTimeout(retry, 400 + Math.random() * 1200, 1000);
}

function lose() {
  if (lostAt || left) return;
  lostAt = Date.now() + offset;
  root.dataset.link = "lost";
  tell();
}

function regain() {
  lostAt = 0;
  root.dataset.link = "live";
  tell();
}

// The server that answers may be another one, which sends the page away to be loaded again.
async function retry(wait) {
  try {
    const answer = await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(2500) });
    if (answer.ok) return own ? location.reload() : resting ? null : connect();
  } catch { /* still away */ }
  setTimeout(retry, wait + Math.random() * 500, Math.min(wait * 1.5, 5000));
}

function leave() {
  left = true;
  root.dataset.link = "left";
  document.body.replaceChildren("One moment: the server is asked what is left to you.");
  setTimeout(() => location.reload(), 400);
}

// A page that nobody sees lets go of the server, and catches up when it is looked at again.
let waiting = 0;
function rest() {
  if (left || lostAt || socket?.readyState !== WebSocket.OPEN) { waiting = setTimeout(rest, REST_AFTER); return; }
  resting = true;
  root.dataset.link = "behind";
  socket.onclose = socket.onmessage = null;
  socket.close(1000);
  socket = null;
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(waiting);
  if (document.hidden && !own) waiting = setTimeout(rest, REST_AFTER);
  else if (resting) { resting = false; lastHeard = performance.now(); connect(); }
  else watch();
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

root.dataset.link = "connecting";
lastHeard = performance.now();
tell();
if (own) join().catch((error) => { console.error("app", error); undrawn = true; tell(); });
else connect();
setInterval(watch, 250);
})();
