// The page's own script: ages tick, changes are written into the elements they belong to, and a lost
// server is said on every number. It speaks the Bokeh protocol itself; Bokeh only draws the charts.
// These files are one script: the server joins them, in the order of `muntin.web.assets.PAGE`.

const root = document.documentElement;
const nonce = document.currentScript.nonce;
const page = JSON.parse(document.getElementById("mu-data").textContent);
// Who looks, with the token of their own; not there where nobody signs in.
const viewer = JSON.parse(document.getElementById("mu-viewer")?.textContent ?? "null");

// Of the server's clock over this one, ms.
let offset = 0;

const byId = (id) => document.getElementById(id);
const two = (n) => String(n).padStart(2, "0");
const now = () => Date.now() + offset;
const clock = (ms) => { const d = new Date(ms); return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`; };
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const day = (ms) => { const d = new Date(ms); return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`; };
const setText = (el, text) => { if (el && el.textContent !== text) el.textContent = text; };
const setAttr = (el, name, value) => { if (el.getAttribute(name) !== value) el.setAttribute(name, value); };

function duration(ms) {
  const s = Math.abs(ms) / 1000;
  if (s < 100) return `${Math.floor(s)}\u00a0s`;
  if (s < 6000) return `${Math.floor(s / 60)}\u00a0min`;
  if (s < 172800) return `${(s / 3600).toFixed(1)}\u00a0h`;
  return `${Math.floor(s / 86400).toLocaleString("en-US")}\u00a0d`;
}

function element(tag, attrs = {}, text = "") {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) el.setAttribute(name, value);
  el.textContent = text;
  return el;
}

function line(tag, cells) {
  const row = element("tr");
  row.append(...cells.map((cell) => element(tag, { class: "txt" }, cell)));
  return row;
}
