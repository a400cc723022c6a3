"""A page's panels as HTML and as deltas: what viewers get first, and what they get later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from muntin.live.stage.faults import Fault
from muntin.live.stage.scene import Change, PanelState
from muntin.live.stage.views import since_words
from muntin.state.snapshots import Reading, Snapshot, Status
from muntin.ui.format import clock, duration, iso
from muntin.ui.rendering.fragments import Leaf, quote

if TYPE_CHECKING:
    from muntin.live.stage.stage import PageState


#: Seconds that stand for an infinite age: JSON has no infinity.
_NEVER = 1e12


def panel_html(state: PanelState, snapshot: Snapshot) -> str:
    """Return a panel as a whole: head, body, foot, with its fault if it has one."""
    panel, slug = state.panel, state.panel.slug
    fault = f' data-fault="{quote(state.fault.ref)}"' if state.fault else ""
    folded = panel.optional and state.bare and state.fault is None
    kind = "w12 mu-folded" if folded else f"w{panel.width}"
    return (
        f'<section class="mu-card {kind}" id="panel:{slug}" data-panel="{slug}"{fault}'
        f' aria-labelledby="title:{slug}">'
        f'<h2 id="title:{slug}">{quote(panel.title)}</h2>'
        f'<div class="mu-body" id="body:{slug}">{body_html(state, snapshot)}</div>'
        f"{'' if folded else _foot(state, snapshot)}</section>"
    )


def body_html(state: PanelState, snapshot: Snapshot, *, whole: bool = False) -> str:
    """Return what stands in a panel: its picture, and a sentence about its fault.

    `whole` has every row of a long table as markup, and not only the first.
    """
    if state.fault is None:
        return state.fragment.html(trust(snapshot), whole=whole)
    if not state.drawn:
        return (
            '<p class="mu-fault">This panel could not be drawn. '
            f"Reference <b>{quote(state.fault.ref)}</b>.</p>{_trace(state.fault)}"
        )
    said = f'<p class="mu-fault">{quote(since_words(state.fault))}</p>{_trace(state.fault)}'
    return said + state.fragment.html(trust(snapshot), whole=whole)


def _trace(fault: Fault) -> str:
    """Return the trace for the plugin's author, nothing for everybody else."""
    return f'<pre class="mu-trace" tabindex="0">{quote(fault.trace)}</pre>' if fault.public else ""


def trust(snapshot: Snapshot) -> Callable[[Leaf], Iterable[tuple[str, str]]]:
    """Return the function that adds status and time of its feed to a leaf."""

    def extra(leaf: Leaf) -> Iterable[tuple[str, str]]:
        attrs = dict(leaf.attrs)
        reading = snapshot.readings.get(attrs.get("data-feed", ""))
        if reading is None:
            return (("data-status", "missing"),) if "data-feed" in attrs else ()
        status = reading.status(snapshot.now).value
        if reading.has_value:
            status = attrs.get("data-own", status)
        as_of = attrs.get("data-own-as-of") or iso(reading.as_of)
        return (("data-status", status), ("data-as-of", as_of))

    return extra


def _foot(state: PanelState, snapshot: Snapshot) -> str:
    feeds = [snapshot.readings[f.name] for f in state.panel.feeds if f.name in snapshot.readings]
    if not feeds:
        return ""
    used = _used(state, feeds)
    names = quote(" ".join(reading.feed.name for reading in used))
    files = quote(" · ".join(file_name(reading) for reading in used))
    worst = max(used, key=lambda reading: (reading.status(snapshot.now).rank, _age(reading)))
    live = worst.status(snapshot.now) is Status.LIVE
    words = "not updated" if state.fault and live else foot_words(worst, snapshot.now)
    return (
        f'<div class="mu-foot"><span>{files}</span><span class="mu-num" data-foot="{names}">'
        f"{quote(words)}</span></div>"
    )


def file_name(reading: Reading) -> str:
    """Return where a feed's document is: a file's name, a key, an object."""
    return reading.place or reading.feed.path.rpartition("/")[2]


def _age(reading: Reading) -> float:
    return 0.0 if reading.as_of is None else -reading.as_of.timestamp()


def _used(state: PanelState, feeds: list[Reading]) -> list[Reading]:
    """Return the readings the picture shows values of; all of them where it shows none."""
    shown = state.fragment.values("data-feed")
    needed = {feed.name for feed in state.panel.needs}
    used = [r for r in feeds if r.feed.name in shown or r.feed.name in needed]
    # A missing optional document is no reason to distrust figures that come from others.
    there = [r for r in used if r.has_value or not r.feed.optional]
    return there or used or feeds


def foot_words(reading: Reading, now: datetime) -> str:
    """Return status and age in words: ``live · 9 s``."""
    status = reading.status(now)
    age = reading.age(now)
    if status in {Status.MISSING, Status.UNDATED} or age is None:
        return "age unknown" if status is Status.UNDATED else str(status)
    if status is Status.SKEWED:
        return f"skewed · {duration(age)} ahead"
    return f"{status} · {duration(age)}"


def feed_row(reading: Reading, now: datetime) -> list[Any]:
    """Return what the browser needs to judge a feed by itself.

    name, file, as of (epoch ms or null), late after, stale after (s), fault or "", problem,
    has a value, optional, producer.
    """
    feed = reading.feed
    as_of = None if reading.as_of is None else round(reading.as_of.timestamp() * 1000)
    return [
        feed.name, file_name(reading), as_of,
        min(feed.late_after, _NEVER), min(feed.stale_after, _NEVER),
        str(reading.fault or ""), _public(reading, now), reading.has_value, feed.optional,
        feed.producer,
    ]  # fmt: skip


def _public(reading: Reading, now: datetime) -> str:
    """Return the problem in words for viewers: no text of parsers, no addresses of machines."""
    del now
    since = f" since {clock(reading.fault_since)} UTC" if reading.fault_since else ""
    words = {
        Status.UNREADABLE: "cannot be read" + since,
        Status.MALFORMED: "has the wrong shape" + since,
        Status.EMPTY: "the producer published nothing" + since,
        Status.MISSING: "never seen",
    }
    return words.get(reading.fault, "") if reading.fault else ""


def delta(shown: PageState, change: Change, feeds: list[list[Any]]) -> list[Any]:
    """Return one update for the browser: revision, leaves, panels, feeds, scripts, data.

    Where charts came or went, the scripts are the names of the bundles that the document needs now,
    and it is to be pulled again; else None. Changes of data, those of long tables, are there only
    if there are any.
    """
    leaves = list(change.leaves)  # named tuples are arrays to JSON
    scripts = _scripts(shown) if change.resync else None
    data = [list(change.data)] if change.data else []
    return [shown.revision, leaves, _panels(shown, change.panels), feeds, scripts, *data]


def catch_up(shown: PageState) -> list[Any]:
    """Return the whole of a page's HTML as one update, with what its charts need."""
    now = shown.snapshot.now
    feeds = [feed_row(reading, now) for reading in shown.snapshot.readings.values()]
    return [shown.revision, [], _panels(shown, tuple(shown.panels)), feeds, _scripts(shown)]


def _scripts(shown: PageState) -> list[str]:
    return list(shown.bundles) if shown.charts else []


def _panels(shown: PageState, slugs: Iterable[str]) -> list[list[str]]:
    panels: Mapping[str, PanelState] = shown.panels
    return [[slug, panel_html(panels[slug], shown.snapshot)] for slug in slugs]
