/* The page's own script: ages tick, changes are written into the elements they belong to, and a lost
   server is said on every number. It speaks the Bokeh protocol itself; Bokeh only draws the charts. */
"use strict";
(() => {
  const root = document.documentElement;
  const nonce = document.currentScript.nonce;
  const page = JSON.parse(document.getElementById("mu-data").textContent);
  // Who looks, with the token of their own; not there where nobody signs in.
  const viewer = JSON.parse(document.getElementById("mu-viewer")?.textContent ?? "null");
  const feeds = new Map();
  const RANK = ["live", "late", "undated", "skewed", "empty", "stale", "missing", "malformed", "unreadable"];
  const BEAT_LOST = 4400, BEAT_DEAD = 15000, SIGNED_OUT = 4401, CHANGED = 4403;
  let offset = 0, socket = null, lastHeard = 0, lostAt = 0, charts = null, gone = false, revision = page.revision;

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

  // ---- feeds: status and age by the server's clock, also with the server dead ----

  function takeFeeds(rows) {
    for (const [name, file, asOf, late, stale, fault, problem, hasValue, optional, producer] of rows)
      feeds.set(name, { name, file, asOf, late, stale, fault, problem, hasValue, optional, producer, status: "" });
  }

  function judge(feed, at) {
    if (feed.fault) return feed.fault;
    if (feed.asOf === null) return "undated";
    const age = (at - feed.asOf) / 1000;
    if (age < -5) return "skewed";
    return age > feed.stale ? "stale" : age > feed.late ? "late" : "live";
  }

  function footWords(feed, at) {
    if (feed.status === "undated") return "age unknown";
    if (feed.asOf === null) return feed.status;
    const age = duration(at - feed.asOf);
    return feed.status === "skewed" ? `skewed · ${age} ahead` : `${feed.status} · ${age}`;
  }

  const worse = (a, b) => RANK.indexOf(b.status) - RANK.indexOf(a.status) || a.asOf - b.asOf;

  function tick() {
    if (left) return;
    const at = now();
    for (const feed of feeds.values()) {
      const status = judge(feed, at);
      if (status !== feed.status) { feed.status = status; stamp(document, feed); }
    }
    for (const foot of document.querySelectorAll("[data-foot]")) {
      const used = foot.dataset.foot.split(" ").map((name) => feeds.get(name)).filter(Boolean).sort(worse);
      if (!used.length) continue;
      setText(foot, footWords(used[0], at));
      setAttr(foot, "data-worst", used[0].status);
    }
    lamp(at);
    watch();
  }

  function stamp(within, feed) {
    const asOf = feed.asOf === null ? "" : new Date(feed.asOf).toISOString();
    for (const el of within.querySelectorAll(`[data-feed="${CSS.escape(feed.name)}"]`)) {
      setAttr(el, "data-status", feed.hasValue ? el.dataset.own || feed.status : feed.status);
      setAttr(el, "data-as-of", el.dataset.ownAsOf || asOf);
    }
  }

  function lamp(at) {
    const counted = [...feeds.values()].filter((feed) => !(feed.optional && feed.status === "missing"));
    const worst = [...counted].sort(worse)[0];
    const status = lostAt ? "lost" : worst ? worst.status : "missing";
    setAttr(byId("mu-lamp"), "data-status", status);
    setText(byId("mu-lamp-text"), lostAt ? "connection lost" : lampWords(counted, at));
    const dated = counted.filter((feed) => (page.dated || []).includes(feed.name) && feed.asOf !== null && feed.hasValue);
    const oldest = Math.min(...dated.map((feed) => feed.asOf));
    if (dated.length) setText(byId("mu-asof"), `as of ${clock(oldest)} UTC, ${day(oldest)}`);
    if (byId("mu-feeds").open) feedTable(at);
  }

  function lampWords(counted, at) {
    const bad = counted.filter((feed) => feed.status !== "live").sort(worse);
    const newest = Math.max(...counted.map((feed) => feed.asOf ?? 0));
    if (!counted.length) return "no feeds";
    if (!bad.length) return `${counted.length} feed${counted.length > 1 ? "s" : ""} live · newest ${duration(at - newest)} ago`;
    return `${bad.length} of ${counted.length} not live · ${bad[0].name} ${bad[0].status}`;
  }

  function feedTable(at) {
    const rows = [...feeds.values()].sort((a, b) => worse(a, b) || a.name.localeCompare(b.name)).map((feed) => [
      feed.name, feed.status, feed.asOf === null ? "–" : duration(at - feed.asOf), `${duration(feed.late * 1000)} / ${duration(feed.stale * 1000)}`,
      feed.asOf === null ? "–" : `${clock(feed.asOf)} UTC`, feed.producer || "–", feed.problem || (feed.optional ? "optional" : "")]);
    const table = element("table", { class: "mu-table" });
    table.append(line("th", ["Feed", "Status", "Age", "Late / stale after", "As of", "Producer", "Problem"]), ...rows.map((cells) => line("td", cells)));
    byId("mu-feeds-table").replaceChildren(table);
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
    const drawn = [...old.querySelectorAll("[data-slot]")].filter((slot) => slot.firstElementChild);
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

  // ---- the connection ----

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}${page.ws}?rev=${revision}`, ["bokeh", viewer?.token ?? page.token]);
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
    socket.onclose = (event) => closed(event) || lose("closed");
  }

  // True if the server has closed a socket because of who looks.
  function closed(event) {
    const mine = event.code === SIGNED_OUT || event.code === CHANGED;
    if (mine) leave(event.code);
    return mine;
  }

  function receive(header, content, buffers) {
    if (header.msgtype === "OK" && content.now) heard(content.now);
    else if (header.msgtype === "ACK") { found(); if (page.bundles.length) pull(); }
    else if (header.msgtype === "PULL-DOC-REPLY") draw(content.doc);
    else if (header.msgtype === "PATCH-DOC") patch(content, buffers);
  }

  function heard(serverTime) {
    const skew = serverTime - Date.now();
    offset = Math.abs(skew - offset) > 250 ? skew : offset;
    tick();
  }

  function patch(content, buffers) {
    const mine = content.events.filter((event) => event.kind === "MessageSent" && event.msg_type === "muntin");
    const others = content.events.filter((event) => !mine.includes(event));
    if (others.length && charts) {
      const map = new Map();
      for (let i = 0; i < buffers.length; i += 2) map.set(JSON.parse(buffers[i]).id, buffers[i + 1]);
      charts.then((doc) => doc && doc.apply_json_patch({ events: others.filter((event) => !zoomed(doc, event)) }, map));
    }
    for (const event of mine) apply(event.msg_data);
  }

  // A range that the viewer has moved stays where it is; the data in it goes on.
  function zoomed(doc, event) {
    if (event.kind !== "ModelChanged" || (event.attr !== "start" && event.attr !== "end")) return false;
    const range = doc.get_model_by_id(event.model.id);
    return range !== null && range.reset_start !== undefined && range.reset_start !== null
      && (range.start !== range.reset_start || range.end !== range.reset_end);
  }

  // ---- charts: Bokeh's scripts are fetched where there is something to draw, the document beside them ----

  const bundles = new Map();

  // Resolves once these bundles have run, in their order; one that did not arrive is tried again next time.
  function load(names) {
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
  function resync(names) {
    page.bundles = names;
    if (names.length || charts) pull();
  }

  // The answer to one pull is newer than every change that is announced before it comes.
  let asked = null;
  function pull() {
    load(page.bundles).catch(() => {});
    if (asked === socket || socket?.readyState !== WebSocket.OPEN) return;
    asked = socket;
    for (const message of [{ msgid: `pull-${revision}`, msgtype: "PULL-DOC-REQ" }, {}, {}]) socket.send(JSON.stringify(message));
  }

  function draw(doc) {
    asked = null;
    const before = charts;
    charts = (async () => {
      const old = before && await before;
      await load(page.bundles);
      if (old) old.clear();
      for (const slot of document.querySelectorAll("[data-slot]")) slot.replaceChildren();
      const placed = doc.roots.filter((model) => byId(model.attributes.name));
      if (!placed.length) return null;
      const id = `muntin-${Date.now()}`;
      const roots = Object.fromEntries(placed.map((model) => [model.id, byId(model.attributes.name)]));
      await window.Bokeh.embed.embed_items({ [id]: doc }, [{ docid: id, roots, root_ids: placed.map((model) => model.id) }]);
      root.dataset.charts = "ready";
      setTimeout(repaint, 250);
      return window.Bokeh.documents[window.Bokeh.documents.length - 1];
    })().catch((error) => { console.error("charts", error); return null; });
  }

  // Colours are read while painting; what was painted before its final size may leave marks behind.
  function repaint() {
    for (const doc of window.Bokeh?.documents ?? []) for (const model of doc._all_models?.values() ?? []) model.change?.emit();
  }

  // A private page: Bokeh's own session, for what viewers do there is sent to the server.
  async function join() {
    const ids = Object.keys(page.roots);
    await load(page.bundles);
    if (!page.token) return;
    window.WebSocket = class extends WebSocket {  // Bokeh opens its own, and does not say why one closes
      constructor(...given) { super(...given); this.addEventListener("close", closed); }
    };
    for (const id of Object.values(page.roots)) if (!byId(id)) document.body.append(element("div", { id, hidden: "" }));
    await window.Bokeh.embed.embed_items({}, [{ token: page.token, roots: page.roots, root_ids: ids }], `/${page.page}`);
    const doc = window.Bokeh.documents[window.Bokeh.documents.length - 1];
    doc.on_message("muntin", (data) => { lastHeard = performance.now(); apply(data); });
    doc.on_message("muntin-beat", (time) => { lastHeard = performance.now(); heard(time); });
    lastHeard = performance.now();
    root.dataset.charts = "ready";
    setTimeout(repaint, 250);
    found();
  }

  // The operators' page asks for its cards; what it shows is no part of any fund's document.
  async function ask() {
    try {
      const answer = await fetch("/-/panels", { cache: "no-store", signal: AbortSignal.timeout(3000) });
      if (answer.status === 401 || answer.status === 403) return leave(answer.status === 401 ? SIGNED_OUT : CHANGED);
      for (const [slug, html] of await answer.json()) replacePanel(slug, html);
      const rows = await (await fetch("/-/feeds", { cache: "no-store", signal: AbortSignal.timeout(3000) })).json();
      for (const row of rows) Object.assign(feeds.get(row.name) ?? {}, { asOf: row.as_of && Date.parse(row.as_of), hasValue: row.has_value });
      lastHeard = performance.now();
      found();
    } catch { lose("closed"); return; }
    setTimeout(ask, 2000);
  }

  // In development: a page of one server may find itself connected to the next one.
  async function compare() {
    const text = await fetch(location.href, { cache: "no-store" }).then((answer) => answer.text(), () => "");
    if (text && !text.includes(`"dev":"${page.dev}"`)) location.reload();
  }

  function found() {
    if (page.dev) compare();
    root.dataset.link = "live";
  }

  function watch() {
    const silent = performance.now() - lastHeard;
    if (left || gone || !lastHeard || document.hidden) return;
    if (silent > BEAT_LOST) lose("silent");
    else if (lostAt) regain();
    if (silent > BEAT_DEAD) socket ? socket.close() : lose("closed");
  }

  // What was shown is no longer for this viewer: it goes at once, then the server says what is left.
  let left = false;
  function leave(code) {
    if (left) return;
    left = gone = true;
    root.dataset.link = "left";
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    byId("main").replaceChildren(element("h1", {}, code === SIGNED_OUT ? "Signed out" : "What you may see has changed"),
      element("p", { class: "mu-note", role: "status" }, "One moment: the server is asked what is left to you."));
    feeds.clear();
    setText(byId("mu-lamp-text"), "");
    setTimeout(() => location.reload(), 400);
  }

  function lose(why) {
    if (left) return;
    gone ||= why === "closed";
    if (!lostAt) {
      lostAt = now();
      root.dataset.link = "lost";
      setText(byId("mu-link"), `Connection lost at ${clock(lostAt)} UTC. Figures are the last known; trying to reconnect.`);
      for (const el of document.querySelectorAll("[data-metric],[data-column]")) markKnown(el);
      tick();
    }
    if (why === "closed") { socket = null; page.dev ? retry(100) : setTimeout(retry, 400 + Math.random() * 1200, 1000); }
  }

  function markKnown(el) {
    if (!el.dataset.value || el.querySelector(".mu-known")) return;
    const asOf = Date.parse(el.dataset.asOf) || lostAt;
    const words = day(asOf) === day(now()) ? clock(asOf) : `${clock(asOf)}, ${day(asOf)}`;
    el.append(element("small", { class: "mu-known" }, ` last known ${words}`));
  }

  function regain() {
    lostAt = 0;
    root.dataset.link = "live";
    setText(byId("mu-link"), "");
    for (const el of document.querySelectorAll(".mu-known")) el.remove();
  }

  async function retry(wait) {
    try {
      const answer = await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(2500) });
      if (answer.ok) return location.reload();
    } catch { /* still away */ }
    page.dev ? setTimeout(retry, wait, wait) : setTimeout(retry, wait + Math.random() * 500, Math.min(wait * 1.5, 5000));
  }

  // ---- what a viewer does ----

  function explain(el) {
    const feed = feeds.get(el.dataset.feed), list = byId("mu-origin-list");
    if (!feed) return;
    const rows = [["Document", feed.file], ["Path", el.dataset.path], ["Value", el.dataset.value || "none"],
      ["Worked out", el.dataset.formula], ["As of", el.dataset.asOf], ["Status", el.dataset.status],
      ["Producer", feed.producer], ["Problem", el.dataset.own ? el.title : feed.problem]];
    list.replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
    byId("mu-origin").showModal();
  }

  document.addEventListener("click", (event) => {
    const th = event.target.closest("table[data-sortable] th"), figure = event.target.closest("[data-metric][data-feed]");
    if (th) sortBy(th, th.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending");
    else if (figure) explain(figure);
    else if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && event.target.matches?.("[data-metric][data-feed]")) { event.preventDefault(); explain(event.target); }
  });
  byId("mu-lamp").addEventListener("click", () => { feedTable(now()); byId("mu-feeds").showModal(); });
  byId("mu-theme").addEventListener("click", () => {
    const dark = getComputedStyle(root).colorScheme.includes("dark");
    root.dataset.theme = dark ? "light" : "dark";
    repaint();
    document.cookie = `mu-theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.effectiveDirective.startsWith("script-src") && event.blockedURI === "eval")
      console.error('A panel of this page makes scripts from text (CustomJS, ReactiveHTML). The operator allows that by scripts = "eval" under [site] in muntin.toml.');
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });

  // A page from the browser's own memory may be of a time before signing out.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  if (viewer) {
    setText(byId("mu-user-name"), viewer.name);
    setText(byId("mu-user-roles"), `Signed in as ${viewer.name}${viewer.roles.length ? ` · ${viewer.roles.join(", ")}` : ""}`);
    if (byId("mu-csrf")) byId("mu-csrf").value = viewer.csrf;
  }

  const sent = performance.getEntriesByType("navigation")[0]?.serverTiming?.find((entry) => entry.name === "now");
  if (sent) offset = Number(sent.description) - (performance.timeOrigin + performance.getEntriesByType("navigation")[0].responseStart);
  takeFeeds(page.feeds);
  tick();
  setInterval(tick, 1000);
  setInterval(watch, 250);
  if (page.scope === "shared") connect();
  if (page.scope === "operations") ask();
  else load(page.bundles).catch(() => {});
  if (page.scope === "private") join().catch((error) => console.error("charts", error));
})();
