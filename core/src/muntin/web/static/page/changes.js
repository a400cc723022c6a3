// ---- changes: only what differs is written; focus, selection and scroll stay ----

function apply([newRevision, leaves, panels, rows, scripts]) {
  revision = newRevision;
  for (const [slug, html] of panels) replacePanel(slug, html);
  for (const [id, text, attrs] of leaves) changeLeaf(byId(id), text, attrs);
  takeFeeds(rows);
  for (const [name] of rows) { const feed = feeds.get(name); feed.status = judge(feed, now()); stamp(document, feed); }
  for (const [slug] of panels) for (const feed of feeds.values()) stamp(byId(`panel:${slug}`), feed);
  tick();
  if (scripts && page.scope === "shared") resync(scripts);
}

function changeLeaf(el, text, attrs) {
  if (!el) return;
  if (text !== null) {
    setText(el, text);
    el.classList.remove("mu-changed");
    void el.getBoundingClientRect();
  }
  for (const [name, value] of attrs) value === null ? el.removeAttribute(name) : setAttr(el, name, value);
  if (text !== null) el.classList.add("mu-changed");
}

function replacePanel(slug, html) {
  const old = byId(`panel:${slug}`);
  if (!old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const drawn = [...old.querySelectorAll("[data-slot]")].filter((slot) => slot.firstElementChild || "drawing" in slot.dataset);
  const sorts = [...old.querySelectorAll("th[aria-sort]")].map((th) => [th.dataset.sort, th.getAttribute("aria-sort")]);
  const scrolls = [...old.querySelectorAll(".mu-scroll")].map((el) => el.scrollLeft);
  const fresh = document.createRange().createContextualFragment(html).firstElementChild;
  for (const slot of drawn) {
    const place = [...fresh.querySelectorAll("[data-slot]")].find((el) => el.id === slot.id);
    if (!place) continue;
    slot.style.cssText = place.style.cssText;
    place.replaceWith(slot);
  }
  old.replaceWith(fresh);
  fresh.querySelectorAll(".mu-scroll").forEach((el, i) => { el.scrollLeft = scrolls[i] || 0; });
  for (const [id, order] of sorts) sortBy(fresh.querySelector(`th[data-sort="${CSS.escape(id)}"]`), order);
  if (focused && byId(focused)) byId(focused).focus({ preventScroll: true });
}

function sortBy(th, order) {
  if (!th) return;
  const body = th.closest("table").tBodies[0], index = th.cellIndex, numeric = th.classList.contains("num");
  const value = (row) => {
    const cell = row.cells[index].querySelector("[data-column]"), raw = cell ? cell.dataset.value : "";
    return raw === "" || raw === undefined ? null : numeric ? Number(raw) : raw;
  };
  const sign = order === "descending" ? -1 : 1;
  const rows = [...body.rows].map((row, i) => ({ row, i, v: value(row) }));
  rows.sort((a, b) => a.v === null || b.v === null ? (a.v === null) - (b.v === null) || a.i - b.i
    : numeric ? sign * (a.v - b.v) || a.i - b.i : sign * a.v.localeCompare(b.v) || a.i - b.i);
  body.append(...rows.map((item) => item.row));
  for (const other of th.parentNode.cells) other.removeAttribute("aria-sort");
  th.setAttribute("aria-sort", order);
}
