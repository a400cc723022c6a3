import assert from "node:assert/strict";
import { test } from "node:test";

import { TableData } from "../../../src/muntin/web/static/page/rows.js";

const COLUMNS = [
  { id: "name", label: "Name", numeric: false },
  { id: "usd", label: "USD", numeric: true },
];

// The whole of a table, as the server sends it first.
function whole(rows) {
  const ids = rows.map((_, i) => `r${i}`);
  return {
    runs: [[-1, rows.length]], ids, kinds: [{}],
    cells: [
      [0, null, rows.map(([name]) => name), null, 0, null],
      [1, null, rows.map(([, usd]) => (usd === "" ? "–" : Number(usd).toFixed(2))), rows.map(([, usd]) => usd), 0, null],
    ],
  };
}

function table(...rows) {
  const made = new TableData(COLUMNS);
  made.take(whole(rows));
  return made;
}

const names = (data) => data.seen.map((row) => data.text[0][row]);

test("rows stand as they were sent", () => {
  assert.deepEqual(names(table(["b", "2"], ["a", "1"])), ["b", "a"]);
});

test("a change of cells names them and moves nothing", () => {
  const data = table(["a", "1"], ["b", "2"]);
  const changed = data.take({ kinds: [{}], cells: [[1, [1], ["3.00"], ["3"], 0, null]] });
  assert.deepEqual(changed, [[1, 1]]);
  assert.deepEqual(data.value[1], ["1", "3"]);
});

test("numbers are sorted as numbers, and rows without a value come last in either order", () => {
  const data = table(["ten", "10"], ["none", ""], ["nine", "9"]);
  data.sorted = { column: 1, order: "ascending" };
  data.look();
  assert.deepEqual(names(data), ["nine", "ten", "none"]);
  data.sorted.order = "descending";
  data.look();
  assert.deepEqual(names(data), ["ten", "nine", "none"]);
});

test("a sorted table is sorted again when a value of its column changes", () => {
  const data = table(["a", "1"], ["b", "2"]);
  data.sorted = { column: 1, order: "descending" };
  data.look();
  assert.equal(data.take({ kinds: [{}], cells: [[1, [0], ["5.00"], ["5"], 0, null]] }), null);
  assert.deepEqual(names(data), ["a", "b"]);
});

test("every word of a filter has to be found, in what is shown or in the value", () => {
  const data = table(["alpha one", "1234"], ["alpha two", "5"], ["beta", "1234"]);
  data.query = "ALPHA 1234";
  data.look();
  assert.deepEqual(names(data), ["alpha one"]);
});

test("rows that go, come and move keep their values", () => {
  const data = table(["a", "1"], ["b", "2"], ["c", "3"]);
  data.take({
    runs: [[2, 1], [-1, 1], [0, 1]], ids: ["new"], kinds: [{}],
    cells: [[0, [1], ["n"], null, 0, null], [1, [1], ["9.00"], ["9"], 0, null]],
  });
  assert.deepEqual(names(data), ["c", "n", "a"]);
  assert.deepEqual(data.value[1], ["3", "9", "1"]);
  assert.deepEqual(data.ids, ["r2", "new", "r0"]);
});

test("what is copied has no tab or line break of its own", () => {
  const data = table(["a\tb\nc", "1"]);
  assert.equal(data.tsv([0], [0, 1]), "Name\tUSD\na b c\t1.00");
});
