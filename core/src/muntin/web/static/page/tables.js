// ---- long tables: the rows in sight are drawn, the others are data; a grid to keyboards and readers ----

import { element, root } from "./base.js";
import { setAttr, setText, stampOne } from "./ages.js";
import { feeds } from "./feeds.js";
import { TableData } from "./rows.js";
import { lostAt, markKnown } from "./link.js";
import { explain } from "./origin.js";

const AROUND = 8;  // rows that are drawn above and below those in sight
const FIRST_ROWS = 100;  // of a table on paper
export const longTables = new Map();

// Takes over the long tables within an element; `states` is what viewers did to those of before.
export function takeTables(within, states = new Map()) {
  for (const place of within.querySelectorAll(".mu-long")) {
    const block = place.querySelector(".mu-rows");
    if (!block) continue;
    const table = new LongTable(place, JSON.parse(block.textContent));
    block.remove();
    longTables.set(place.id, table);
    table.restore(states.get(place.id));
  }
}

// Returns ids of the elements whose text is another one now.
export function changeTables(changes) {
  return changes.flatMap(([id, change]) => longTables.get(id)?.take(change) ?? []);
}

const tablesIn = (within) => [...within.querySelectorAll(".mu-long")].map((place) => longTables.get(place.id)).filter(Boolean);
export const tableStates = (within) => new Map(tablesIn(within).map((table) => [table.place.id, table.state()]));
export const dropTables = (within) => tablesIn(within).forEach((table) => table.end());

class LongTable {
  constructor(place, data) {
    this.place = place;
    this.scroller = place.querySelector(".mu-scroll");
    this.table = place.querySelector("table");
    this.body = this.table.tBodies[0];
    this.heads = [...this.table.tHead.rows[0].cells];
    this.data = new TableData(this.heads.map((th) => ({
      id: th.dataset.sort, label: th.textContent.trim(), numeric: th.classList.contains("num"), kind: th.className,
    })));
    this.data.take(data);
    this.rows = new Map();  // drawn, by their place among those that are seen
    this.drawn = new Map();  // drawn, by their ids
    this.at = [0, 0];  // the cell that the keyboard is at: place among those seen, column
    this.from = null;  // the other corner of a selection
    this.height = 0;  // of a row
    this.top = 0;  // how far it is scrolled, and how much is in sight: an update asks for neither
    this.room = 600;
    this.printing = false;
    this.begin();
  }

  begin() {
    this.table.setAttribute("role", "grid");
    this.table.setAttribute("aria-multiselectable", "true");
    if (!this.table.caption) this.table.setAttribute("aria-labelledby", this.place.closest("[aria-labelledby]")?.getAttribute("aria-labelledby") ?? "");
    this.table.tHead.rows[0].setAttribute("aria-rowindex", "1");
    this.heads.forEach((th, at) => {
      th.setAttribute("aria-colindex", at + 1);
      const longest = this.data.text[at].reduce((most, text) => Math.max(most, text.length), 0);
      th.style.minWidth = `calc(${Math.min(longest, 40)}ch + 16px)`;  // columns stay as they are while rows come
    });
    this.scroller.tabIndex = -1;
    this.said = element("span", { role: "status" });
    this.box = element("input", { type: "search", "aria-label": "Filter rows", placeholder: "Filter", autocomplete: "off", spellcheck: "false" });
    const tools = element("div", { class: "mu-tools" });
    tools.append(this.box, this.said);
    this.place.prepend(tools);
    this.above = document.createElement("tbody");
    this.below = document.createElement("tbody");
    for (const space of [this.above, this.below]) space.setAttribute("aria-hidden", "true");
    this.place.dataset.drawn = "";
    this.listen();
  }

  listen() {
    this.box.addEventListener("input", () => this.filter(this.box.value));
    this.scroller.addEventListener("scroll", () => { this.pending ??= requestAnimationFrame(() => { this.pending = null; this.scrolled(); }); }, { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("mousedown", (event) => this.point(event));
    this.scroller.addEventListener("copy", (event) => this.copy(event));
    this.sized = new ResizeObserver(() => this.measure());
    this.sized.observe(this.scroller);
    this.linked = new MutationObserver(() => this.measure());
    this.linked.observe(root, { attributeFilter: ["data-link"] });
  }

  scrolled() {
    this.top = this.scroller.scrollTop;
    this.draw();
  }

  // Rows have another height where a lost server is said in each; the first row in sight stays the first.
  measure() {
    const first = this.top / this.rowHeight();
    this.height = 0;
    this.room = this.scroller.clientHeight || 600;
    this.scroller.scrollTop = first * this.rowHeight();
    this.draw();
    this.scrolled();
  }

  end() {
    this.sized.disconnect();
    this.linked.disconnect();
    longTables.delete(this.place.id);
  }

  // ---- what viewers have done, kept where the panel is replaced ----

  state() {
    const active = document.activeElement, focus = active === this.box ? "box" : this.scroller.contains(active) ? "cell" : "";
    return { query: this.data.query, top: this.top, left: this.scroller.scrollLeft, at: this.at, sorted: this.data.sorted, focus };
  }

  restore(state) {
    if (state) {
      this.data.query = this.box.value = state.query;
      this.at = state.at;
      const column = state.sorted?.column;
      if (column < this.heads.length) { this.data.sorted = state.sorted; this.heads[column].setAttribute("aria-sort", state.sorted.order); }
    }
    this.data.look();
    this.redraw();
    if (!state) return;
    this.scroller.scrollTop = state.top;
    this.scroller.scrollLeft = state.left;
    this.scrolled();
    if (state.focus === "box") this.box.focus({ preventScroll: true });
    else if (state.focus) this.focus();
  }

  // ---- drawing ----

  take(change) {
    const changed = this.data.take(change);
    if (changed === null) { this.redraw(); return []; }
    const written = [];
    for (const [row, column] of changed) {
      const tr = this.drawn.get(this.data.ids[row]);
      if (!tr) continue;
      if (column < 0) this.mute(tr, row);
      else if (this.write(tr.cells[column], row, column)) written.push([tr.cells[column].lastChild.id]);
    }
    return written;
  }

  redraw() {
    const { seen, ids, query } = this.data, many = (n) => n.toLocaleString("en-US");
    this.table.setAttribute("aria-rowcount", seen.length + 1);
    setText(this.said, query ? `${many(seen.length)} of ${many(ids.length)} rows` : `${many(ids.length)} rows`);
    setText(this.place.querySelector(".mu-first"), `First ${Math.min(FIRST_ROWS, seen.length)} of ${many(seen.length)} rows.`);
    this.at[0] = Math.max(0, Math.min(this.at[0], seen.length - 1));
    this.draw(this.inSight(), true);
  }

  // Draws the rows in sight; `again` writes those too that are there already.
  draw([first, last] = this.inSight(), again = false) {
    const { seen, ids } = this.data, focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    const rows = new Map(), drawn = new Map();
    for (let at = first; at < last; at++) {
      const id = ids[seen[at]], tr = this.drawn.get(id) ?? this.row();
      if (again || !this.drawn.has(id)) this.fill(tr, seen[at]);
      setAttr(tr, "aria-rowindex", String(at + 2));
      rows.set(at, tr);
      drawn.set(id, tr);
    }
    for (const tr of [...this.body.rows]) if (drawn.get(tr.mine) !== tr) tr.remove();
    let next = null;
    for (const tr of [...rows.values()].reverse()) {
      if (tr.nextSibling !== next || !tr.isConnected) this.body.insertBefore(tr, next);
      next = tr;
    }
    [this.rows, this.drawn] = [rows, drawn];
    this.space(this.above, first);
    this.space(this.below, seen.length - last);
    this.mark();
    if (focused && document.activeElement !== focused) this.focus(focused.isConnected ? focused : this.cell());
  }

  cell() {
    return this.rows.get(this.at[0])?.cells[this.at[1]];
  }

  focus(td = this.cell()) {
    (td ?? this.scroller).focus({ preventScroll: true });
  }

  inSight() {
    if (this.printing) return [0, Math.min(FIRST_ROWS, this.data.seen.length)];
    const tall = this.rowHeight(), count = this.data.seen.length;
    const top = Math.max(0, Math.min(this.top, count * tall - this.room));
    return [Math.max(0, Math.floor(top / tall) - AROUND), Math.min(count, Math.ceil((top + this.room) / tall) + AROUND)];
  }

  rowHeight() {
    if (!this.height) {
      const tr = this.body.rows[0];
      this.height = tr?.isConnected ? tr.getBoundingClientRect().height : 0;
    }
    return this.height || 30;
  }

  space(part, rows) {
    const tall = rows * this.rowHeight();
    if (!tall) { part.remove(); return; }
    part.style.cssText = `display:block;height:${tall}px`;
    if (!part.isConnected) part === this.above ? this.body.before(part) : this.body.after(part);
  }

  row() {
    const tr = document.createElement("tr");
    this.data.columns.forEach(({ kind }, column) => {
      const td = document.createElement("td");
      td.className = kind;
      td.tabIndex = -1;
      td.setAttribute("aria-colindex", column + 1);
      tr.append(td);
    });
    return tr;
  }

  fill(tr, row) {
    tr.mine = this.data.ids[row];
    [...tr.cells].forEach((td, column) => this.write(td, row, column));
    this.mute(tr, row);
  }

  mute(tr, row) {
    const why = this.data.muted[row];
    tr.className = why ? "muted" : "";
    if (why) tr.title = why;
    else tr.removeAttribute("title");
  }

  // Writes a cell with its origin and the state of its feed; returns true if its text is another one.
  write(td, row, column) {
    const { text, value, path, kind, ids, columns } = this.data;
    let el = td.lastElementChild;
    const before = el?.firstChild?.data;
    if (!el || el.kind !== kind[column][row]) {
      el = document.createElement("span");
      el.kind = kind[column][row];
      el.id = `${this.place.id}.${ids[row]}.${columns[column].id}`;
      td.replaceChildren();
      for (const [name, what] of el.kind) {
        if (name === "swatch") { const mark = element("i", { class: "sw" }); mark.style.background = what; td.append(mark); }
        else el.setAttribute(name, what);
      }
      td.append(el);
    }
    setText(el, text[column][row]);
    setAttr(el, "data-value", value[column][row]);
    if (path[column][row]) setAttr(el, "data-path", path[column][row]);
    else el.removeAttribute("data-path");
    this.judge(el);
    return before !== text[column][row];
  }

  judge(el) {
    const feed = feeds.get(el.dataset.feed);
    if (feed) stampOne(el, feed, feed.asOf === null ? "" : new Date(feed.asOf).toISOString());
    else if (el.dataset.feed) setAttr(el, "data-status", "missing");
    if (lostAt) markKnown(el);
  }

  // ---- sorting and filtering ----

  sort(th, order) {
    const column = this.heads.indexOf(th);
    for (const other of this.heads) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", order);
    this.data.sorted = { column, order };
    this.data.look();
    this.redraw();
  }

  filter(query) {
    this.data.query = query.trim();
    this.data.look();
    this.from = null;
    this.at = [0, this.at[1]];
    this.scroller.scrollTop = this.top = 0;
    this.redraw();
  }

  // ---- keyboard, selection, copying ----

  key(event) {
    if (!event.target.closest("tbody") && event.target !== this.scroller) return;
    const [row, column] = this.at, page = Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight()) - 2);
    const end = this.data.seen.length - 1, wide = this.heads.length - 1, far = event.ctrlKey || event.metaKey;
    const to = {
      ArrowDown: [far ? end : row + 1, column], ArrowUp: [far ? 0 : row - 1, column],
      ArrowRight: [row, far ? wide : column + 1], ArrowLeft: [row, far ? 0 : column - 1],
      PageDown: [row + page, column], PageUp: [row - page, column],
      Home: [far ? 0 : row, 0], End: [far ? end : row, wide],
    }[event.key];
    if (to) this.go(to[0], to[1], event.shiftKey);
    else if (event.key === "a" && far) { this.from = [0, 0]; this.at = [end, wide]; this.mark(); }
    else if (event.key === "Escape") { this.from = null; this.mark(); }
    else if (event.key === "Enter") this.ask();
    else return;
    event.preventDefault();
  }

  go(row, column, extend) {
    this.from = extend ? this.from ?? this.at : null;
    this.at = [Math.max(0, Math.min(row, this.data.seen.length - 1)), Math.max(0, Math.min(column, this.heads.length - 1))];
    this.show();
    this.focus();
  }

  // Scrolls until the cell that the keyboard is at is in sight.
  show() {
    const tall = this.rowHeight(), top = this.at[0] * tall, room = this.scroller.clientHeight - this.table.tHead.offsetHeight - 1.5 * tall;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top > this.scroller.scrollTop + room) this.scroller.scrollTop = top - room;
    this.scrolled();
    const td = this.cell();
    if (!td) return;
    const [left, right] = [td.offsetLeft, td.offsetLeft + td.offsetWidth - this.scroller.clientWidth];
    if (left < this.scroller.scrollLeft) this.scroller.scrollLeft = left;
    else if (right > this.scroller.scrollLeft) this.scroller.scrollLeft = right;
  }

  ask() {
    const el = this.cell()?.querySelector("[data-feed]");
    if (el) explain(el);
  }

  point(event) {
    const td = event.target.closest("td"), tr = td?.closest("tr");
    if (!tr || event.button) return;
    this.from = event.shiftKey ? this.from ?? this.at : null;
    this.at = [tr.getAttribute("aria-rowindex") - 2, td.cellIndex];
    if (event.shiftKey) { event.preventDefault(); td.focus({ preventScroll: true }); }
    this.mark();
  }

  // Returns the rectangle that is selected: first row, last row, first column, last column.
  selected() {
    const [a, b] = [this.from ?? this.at, this.at];
    return [Math.min(a[0], b[0]), Math.max(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  }

  mark() {
    const [top, bottom, left, right] = this.selected();
    const stop = this.rows.has(this.at[0]) ? this.at[0] : Math.min(...this.rows.keys());
    for (const [at, tr] of this.rows) {
      [...tr.cells].forEach((td, column) => {
        const chosen = this.from !== null && at >= top && at <= bottom && column >= left && column <= right;
        if (td.hasAttribute("aria-selected") !== chosen) chosen ? td.setAttribute("aria-selected", "true") : td.removeAttribute("aria-selected");
        const tab = at === stop && column === this.at[1] ? 0 : -1;
        if (td.tabIndex !== tab) td.tabIndex = tab;
      });
    }
  }

  copy(event) {
    if (!getSelection().isCollapsed && !this.from || event.target === this.box) return;
    const [top, bottom, left, right] = this.selected();
    const columns = [...this.heads.keys()].slice(left, right + 1);
    const one = top === bottom && left === right;
    const rows = this.data.seen.slice(top, bottom + 1);
    event.clipboardData.setData("text/plain", one ? this.data.text[left][rows[0]] : this.data.tsv(rows, columns));
    event.preventDefault();
  }
}

// On paper stand the first rows of what is seen, and how many there are.
function onPaper(printing) {
  for (const table of longTables.values()) {
    table.printing = printing;
    table.draw();
  }
}
window.addEventListener("beforeprint", () => onPaper(true));
window.addEventListener("afterprint", () => onPaper(false));
