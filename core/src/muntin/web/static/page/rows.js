// ---- the rows of a long table: what the server sent, in columns; no element is touched here ----

// What `muntin.ui.rendering.columns` writes. A row is its place; `seen` holds the places that are shown.
export class TableData {
  constructor(columns) {
    this.columns = columns;
    this.ids = [];
    this.muted = [];
    this.text = columns.map(() => []);
    this.value = columns.map(() => []);
    this.path = columns.map(() => []);
    this.kind = columns.map(() => []);
    this.found = [];
    this.kinds = new Map();
    this.seen = [];
    this.sorted = null;
    this.query = "";
  }

  // Returns the cells that changed, as [row, column], or null if rows came, went or moved.
  take({ runs, ids = [], muted = [], kinds = [], places = [], cells = [] }) {
    if (runs) this.move(runs, ids);
    for (const [row, why] of muted) this.muted[row] = why;
    kinds = kinds.map((kind) => this.known(kind));
    const start = new Map(places), changed = [], resort = cells.some(([at]) => at === this.sorted?.column);
    for (const [at, rows, texts, values, of, paths] of cells) {
      for (let i = 0; i < texts.length; i++) {
        const row = rows ? rows[i] : i;
        this.text[at][row] = texts[i];
        this.value[at][row] = (values ?? texts)[i];
        this.kind[at][row] = kinds[typeof of === "number" ? of : of[i]];
        if (typeof paths === "string") this.path[at][row] = paths && start.get(row) + paths;
        else if (paths) this.path[at][row] = paths[i];
        this.found[row] = null;
        changed.push([row, at]);
      }
    }
    for (const [row] of muted) changed.push([row, -1]);
    if (!runs && !resort && !(this.query && cells.length)) return changed;
    this.look();
    return null;
  }

  // Equal kinds are one: an element of the same kind is written and not made again.
  known(kind) {
    const key = JSON.stringify(kind);
    if (this.kinds.size > 50000) this.kinds.clear();
    return this.kinds.get(key) ?? (this.kinds.set(key, kind), kind);
  }

  move(runs, ids) {
    const moved = (list, fresh) => {
      const made = [];
      for (const [first, count] of runs) for (let i = 0; i < count; i++) made.push(first < 0 ? fresh() : list[first + i]);
      return made;
    };
    let next = 0;
    this.ids = moved(this.ids, () => ids[next++]);
    this.muted = moved(this.muted, () => "");
    this.found = moved(this.found, () => null);
    for (const name of ["text", "value", "path", "kind"]) this[name] = this[name].map((list) => moved(list, () => ""));
  }

  // Sorts and filters. Rows without a value come last, in either order; equal ones stay as sent.
  look() {
    const all = [...this.ids.keys()], words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    this.seen = words.length ? all.filter((row) => words.every((word) => this.textOf(row).includes(word))) : all;
    if (this.sorted) this.sort(this.sorted.column, this.sorted.order === "descending" ? -1 : 1);
  }

  sort(column, sign) {
    const raw = this.value[column], numeric = this.columns[column].numeric;
    const key = numeric ? raw.map((value) => value === "" ? NaN : Number(value)) : raw;
    const none = numeric ? Number.isNaN : (value) => value === "";
    const collate = new Intl.Collator().compare;
    const compare = numeric ? (a, b) => a - b : collate;
    this.seen.sort((a, b) => {
      const x = key[a], y = key[b], gone = Number(none(x)) - Number(none(y));
      return gone || (none(x) ? a - b : sign * compare(x, y) || a - b);
    });
  }

  // What the filter looks through: 1,234.00 is found by 1234 too.
  textOf(row) {
    return this.found[row] ??= this.text.map((column, at) => `${column[row]}\n${this.value[at][row]}`).join("\n").toLowerCase();
  }

  // Returns a rectangle of what is shown as tab-separated text, with the names of its columns above.
  tsv(rows, columns) {
    const plain = (text) => String(text).replace(/[\t\r\n]+/g, " ");
    const lines = rows.map((row) => columns.map((at) => plain(this.text[at][row])).join("\t"));
    return [columns.map((at) => plain(this.columns[at].label)).join("\t"), ...lines].join("\n");
  }
}
