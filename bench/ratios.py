"""Ratios of CPU per viewer-update between servers, each formed within one repetition."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from bench.catalogue import PEERS_BY_NAME
from bench.figures import spread, table
from bench.rows import Found, Row

CPU = "CPU ms per viewer-update"
#: A server holds as many viewers as it delivers this share of the updates to.
HELD = 90.0


def best(rows: Iterable[Row]) -> Row | None:
    """Return the row in which a viewer-update cost least, of those in which viewers were held."""
    good = [row for row in rows if row.figures["delivered %"] >= HELD]
    return min(good, key=lambda row: row.figures[CPU], default=None)


def same(found: Found, peer: str, case: str) -> list[float]:
    """Return a server's CPU over Muntin's with as many viewers, by repetition."""
    own = {row.turn: row.figures[CPU] for row in found.of("W3", "muntin", case)}
    theirs = found.of("W3", peer, case)
    return [row.figures[CPU] / own[row.turn] for row in theirs if row.turn in own]


def each_best(found: Found, peer: str) -> list[float]:
    """Return a server's CPU over Muntin's, each with the number of viewers that suits it best."""
    ratios = []
    for turn in sorted({row.turn for row in found.of("W3", peer)}):
        own, theirs = (
            best(row for row in found.of("W3", name) if row.turn == turn)
            for name in ("muntin", peer)
        )
        if own and theirs:
            ratios.append(theirs.figures[CPU] / own.figures[CPU])
    return ratios


def ratios(found: Found) -> str:
    """Return the tables of ratios."""
    rows = []
    for name, peer in PEERS_BY_NAME.items():
        cases = dict.fromkeys(row.case for row in found.of("W3", name))
        if name != "muntin":
            rows += [
                [peer.label, case, spread(both), spread([1 / one for one in both])]
                for case in cases
                if (both := same(found, name, case))
            ]
    return (
        "### CPU per viewer-update, in the same repetition\n\n"
        + table(["server", "viewers", "times Muntin's", "Muntin's times its"], rows)
        + "\nEach with the number of viewers, of those it held, that suits it best:\n\n"
        + table(["server", "viewers", "times Muntin's"], _best(found))
        + "\nThe straight line closest to all numbers of viewers that were held:\n\n"
        + table(
            ["server", "ms per update, whoever looks", "ms per viewer and update"], _lines(found)
        )
    )


def _best(found: Found) -> list[list[str]]:
    rows = []
    for name, peer in PEERS_BY_NAME.items():
        turns = {row.turn for row in found.of("W3", name)}
        most = [best(row for row in found.of("W3", name) if row.turn == turn) for turn in turns]
        sizes = [float(row.size) for row in most if row]
        if sizes:
            rows.append([peer.label, spread(sizes), spread(each_best(found, name))])
    return rows


def _lines(found: Found) -> list[list[str]]:
    """Return what an update costs by itself and what each viewer adds, ms."""
    rows = []
    for name, peer in PEERS_BY_NAME.items():
        fixed, each = [], []
        runs = [row for row in found.of("W3", name) if row.figures["delivered %"] >= HELD]
        for turn in sorted({row.turn for row in runs}):
            points = [(row.size, row.figures[CPU] * row.size) for row in runs if row.turn == turn]
            if len(points) > 1:
                line = statistics.linear_regression(*zip(*points, strict=True))
                fixed.append(line.intercept)
                each.append(line.slope)
        if each:
            rows.append([peer.label, spread(fixed), spread(each)])
    return rows
