// Reads values off the NAV line: under the pointer, and by arrow keys. Without it the line has its ends and
// its words.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n) => String(n).padStart(2, "0");

function words([seconds, usd]) {
  const at = new Date(seconds * 1000);
  const amount = usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${amount} USD at ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC, ${day}`;
}

export function connect(element) {
  const data = element.querySelector("[data-points]");
  const mark = document.createElement("i"), said = document.createElement("output");
  let points = [], at = -1;

  function read() {
    points = data.dataset.points.split(" ").map((point) => point.split(",").map(Number));
    element.setAttribute("aria-valuemax", String(points.length - 1));
    if (at >= 0) show(at);
  }

  function show(index) {
    at = Math.max(0, Math.min(index, points.length - 1));
    const [first] = points[0], [last] = points.at(-1);
    const across = last > first ? (points[at][0] - first) / (last - first) : 0;
    mark.style.left = `${100 * across}%`;
    said.textContent = words(points[at]);
    element.setAttribute("aria-valuenow", String(at));
    element.setAttribute("aria-valuetext", said.textContent);
    mark.hidden = said.hidden = false;
  }

  function hide() {
    at = -1;
    mark.hidden = said.hidden = true;
  }

  // The point nearest to where the pointer is.
  function point(event) {
    const box = element.getBoundingClientRect(), [first] = points[0], [last] = points.at(-1);
    const time = first + ((event.clientX - box.left) / box.width) * (last - first);
    const far = points.map(([each]) => Math.abs(each - time));
    show(far.indexOf(Math.min(...far)));
  }

  function key(event) {
    const end = points.length - 1, from = at < 0 ? end : at;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: end }[event.key];
    if (to !== undefined) { event.preventDefault(); show(to); }
    if (event.key === "Escape") hide();
  }

  mark.className = "mu-read-mark";
  said.className = "mu-read";
  element.append(mark, said);
  const about = {
    role: "slider", "aria-label": "NAV line", "aria-valuemin": "0", "aria-valuenow": "0", tabindex: "0",
  };
  for (const [name, value] of Object.entries(about)) element.setAttribute(name, value);
  element.addEventListener("pointermove", point);
  element.addEventListener("pointerleave", hide);
  element.addEventListener("keydown", key);
  element.addEventListener("focus", () => show(points.length - 1));
  element.addEventListener("blur", hide);
  hide();
  read();
  return { update: read };
}
