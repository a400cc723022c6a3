// ---- tables by keyboard: a table is one stop of Tab, arrow keys go from cell to cell ----

import { longTables } from "./tables.js";

const STEPS = {
  ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1],
  Home: [0, -Infinity], End: [0, Infinity],
};

const within = (at, end) => Math.max(0, Math.min(at, end));

// Returns the cells in sight, row by row: narrow screens leave some columns out.
function cellsOf(table) {
  return [...table.tBodies[0].rows].map((tr) => [...tr.cells]
    .filter((td) => td.offsetParent !== null)
    .map((td) => td.querySelector("[data-column]")));
}

// Returns the cell that a key leads to, from one of the cells or from the table as a whole.
function next(cells, from, [down, right]) {
  const row = cells.findIndex((each) => each.includes(from));
  if (row < 0) return cells[0]?.[0];
  const column = cells[row].indexOf(from);
  const there = cells[within(row + down, cells.length - 1)];
  return there[within(column + right, there.length - 1)];
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  const scroller = target.closest?.(".mu-scroll"), step = STEPS[event.key];
  if (!step || !scroller || event.ctrlKey || event.metaKey || event.altKey) return;
  if (longTables.has(scroller.parentElement.id) || target.closest("thead")) return;
  const table = /** @type {HTMLTableElement} */ (scroller.querySelector("table.mu-table"));
  const cell = table?.tBodies.length ? next(cellsOf(table), target, step) : null;
  if (!cell) return;
  event.preventDefault();
  cell.tabIndex = -1;
  cell.focus();
});
