// ---- changes: only what differs is written; focus, selection and scroll stay ----

import { byId, connection, now, page } from "./base.js";
import { judge, setAttr, setText, stamp } from "./ages.js";
import { feeds, takeFeeds, tick } from "./feeds.js";
import { changeTables, dropTables, longTables, tableStates, takeTables } from "./tables.js";
import { resync } from "./charts.js";
import { dropScripts, takeScripts, updateScripts } from "./scripts.js";

// A highlight of more values than this says nothing, and every one is a repaint.
const HIGHLIGHT_MOST = 40;
const HIGHLIGHT_MS = 600;
let highlighted = [];
let highlightTimer = 0;

// Everything is read before anything is written, so an update costs the browser one layout.
export function apply([newRevision, leaves, panels, rows, scripts, data = []]) {
  connection.revision = newRevision;
  const kept = panels.map(([slug]) => remember(byId(`panel:${slug}`)));
  panels.forEach(([, html], index) => replacePanel(kept[index], html));
  const written = leaves.filter(([id, text, attrs]) => changeLeaf(byId(id), text, attrs));
  highlight([...written, ...changeTables(data)]);
  updateScripts(leaves.map(([id]) => id));
  takeFeeds(rows);
  for (const [name] of rows) {
    const feed = feeds.get(name);
    feed.status = judge(feed, now());
    stamp(document, feed);
  }
  for (const [slug] of panels) {
    for (const feed of feeds.values()) stamp(byId(`panel:${slug}`), feed);
  }
  tick();
  if (scripts && page.scope === "shared") resync(scripts);
}

// Returns true if the element's text is another one now.
function changeLeaf(el, text, attrs) {
  if (!el) return false;
  for (const [name, value] of attrs) {
    if (value === null) el.removeAttribute(name);
    else setAttr(el, name, value);
  }
  if (text === null) return false;
  setText(el, text);
  return true;
}

// A class for a moment, not an animation: an animation repaints sixty times a second.
function highlight(leaves) {
  clearTimeout(highlightTimer);
  const few = leaves.length <= HIGHLIGHT_MOST ? leaves : [];
  const next = new Set(few.map(([id]) => byId(id)));
  for (const el of highlighted) if (!next.has(el)) el.classList.remove("mu-changed");
  for (const el of next) el.classList.add("mu-changed");
  highlighted = [...next];
  if (next.size) highlightTimer = setTimeout(() => highlight([]), HIGHLIGHT_MS);
}

// What a viewer has done to a panel: focus, sorting, scrolling, and charts that are drawn in it.
export function remember(old) {
  if (!old) return null;
  return {
    old,
    focused: old.contains(document.activeElement) ? document.activeElement.id : "",
    drawn: [...old.querySelectorAll("[data-slot]")]
      .filter((slot) => slot.firstElementChild || "drawing" in slot.dataset),
    tables: tableStates(old),
    sorts: [...old.querySelectorAll("[data-sortable] th[aria-sort]")]
      .map((th) => [th.dataset.sort, th.getAttribute("aria-sort")]),
    scrolls: [...old.querySelectorAll(".mu-scroll")].map((el) => el.scrollLeft),
  };
}

export function replacePanel(kept, html) {
  if (!kept) return;
  const { old, focused, drawn, tables, sorts, scrolls } = kept;
  const fresh = document.createRange().createContextualFragment(html).firstElementChild;
  for (const slot of drawn) {
    /** @type {NodeListOf<HTMLElement>} */
    const places = fresh.querySelectorAll("[data-slot]");
    const place = [...places].find((el) => el.id === slot.id);
    if (!place) continue;
    slot.style.cssText = place.style.cssText;
    place.replaceWith(slot);
  }
  dropTables(old);
  dropScripts(old);
  old.replaceWith(fresh);
  takeTables(fresh, tables);
  takeScripts(fresh);
  fresh.querySelectorAll(".mu-scroll").forEach((el, index) => {
    if (scrolls[index]) el.scrollLeft = scrolls[index];
  });
  for (const [id, order] of sorts) {
    sortBy(fresh.querySelector(`th[data-sort="${CSS.escape(id)}"]`), order);
  }
  const again = focused ? byId(focused) : null;
  if (again?.matches("[data-column]")) again.tabIndex = -1;
  if (again) again.focus({ preventScroll: true });
}

export function sortBy(th, order) {
  if (!th) return;
  const long = longTables.get(th.closest(".mu-long")?.id);
  if (long) return long.sort(th, order);
  const body = th.closest("table").tBodies[0], index = th.cellIndex, numeric = th.classList.contains("num");
  const value = (row) => {
    const cell = row.cells[index].querySelector("[data-column]"), raw = cell ? cell.dataset.value : "";
    return raw === "" || raw === undefined ? null : numeric ? Number(raw) : raw;
  };
  const sign = order === "descending" ? -1 : 1;
  const rows = [...body.rows].map((row, i) => ({ row, i, v: value(row) }));
  rows.sort((a, b) => a.v === null || b.v === null ? Number(a.v === null) - Number(b.v === null) || a.i - b.i
    : numeric ? sign * (a.v - b.v) || a.i - b.i : sign * a.v.localeCompare(b.v) || a.i - b.i);
  body.append(...rows.map((item) => item.row));
  for (const other of th.parentNode.cells) other.removeAttribute("aria-sort");
  th.setAttribute("aria-sort", order);
}
