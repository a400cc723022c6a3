"""``python -m bench``: runs the workloads and writes RESULTS.md."""

from __future__ import annotations

import argparse
import asyncio
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path

from bench import machine
from bench.live import measure
from bench.opening import openings
from bench.report import Found, write
from bench.same import Different, check
from bench.servers import MUNTIN, PEERS_BY_NAME, Peer, Place
from bench.starting import first_pages, plugin_lists
from bench.state import State

WORKLOADS = ("live", "start", "open")


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one repetition, short windows")
    parser.add_argument("--only", choices=WORKLOADS, help="one workload")
    parser.add_argument("--viewers", type=_counts, help="as in 1,10,50,200")
    parser.add_argument("--peers", default=",".join(PEERS_BY_NAME), help="as in muntin,panel")
    parser.add_argument("--repeat", type=int, help="repetitions, 3 or with --quick 1")
    parser.add_argument(
        "--seconds", type=int, help="updates counted in each case, 5 or with --quick 4"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "RESULTS.md")
    parser.add_argument("--minutes", type=float, default=15, help="end after so long, [15]")
    asked = parser.parse_args()
    asked.repeat = asked.repeat or (1 if asked.quick else 3)
    asked.seconds = asked.seconds or (4 if asked.quick else 5)
    unknown = set(asked.peers.split(",")) - set(PEERS_BY_NAME)
    if unknown:
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(PEERS_BY_NAME)}")
    return asked


def _counts(text: str) -> list[int]:
    return sorted({int(one) for one in text.split(",")})


def viewers_of(peer: Peer, asked: argparse.Namespace) -> list[int]:
    """Return the numbers of viewers to try a server with."""
    wanted = asked.viewers or list(peer.viewers)
    most = 20 if asked.quick and peer.limit <= 50 else peer.limit
    return [count for count in wanted if count <= most]


async def run(asked: argparse.Namespace, found: Found, folder: Path) -> None:
    """Run what was asked for, interleaved, into `found`."""
    peers = [PEERS_BY_NAME[name] for name in asked.peers.split(",")]
    state, place = State(folder / "state"), Place(folder / "state", folder / "update.txt")
    print("Same fields on every server?", flush=True)
    found.checked = await check(
        [MUNTIN, *(peer for peer in peers if peer is not MUNTIN)], place, state
    )
    if asked.only in {None, "live"}:
        for turn in range(asked.repeat):
            print(f"Live, one update a second, {turn + 1} of {asked.repeat}", flush=True)
            for peer in peers if turn % 2 == 0 else reversed(peers):
                counts = viewers_of(peer, asked)
                found.live.append(await measure(peer, place, state, counts, asked.seconds))
    if asked.only in {None, "start"}:
        print("Start", flush=True)
        found.starts = await first_pages(peers, place, state, asked.repeat)
        found.starts += plugin_lists(2 + asked.repeat)
    if asked.only in {None, "open"}:
        print("Opening in Chromium", flush=True)
        found.opened = await openings(peers, place, state, 1 + asked.repeat)


async def _bounded(work: Coroutine[None, None, None], seconds: float) -> None:
    """Do the work until it is done, its time is over, or a signal comes; servers are ended."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        async with asyncio.timeout(seconds):
            await work
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def main() -> int:
    """Run, write the results, return the exit code."""
    asked = arguments()
    machine.on_client_core()
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    found = Found(command, time.time(), machine.load())
    with tempfile.TemporaryDirectory(prefix="muntin-bench-") as folder:
        try:
            asyncio.run(_bounded(run(asked, found, Path(folder)), 60 * asked.minutes))
        except Different as error:
            print(f"Nothing was timed: {error}")
            return 1
        except (TimeoutError, KeyboardInterrupt) as error:
            found.cut = f"ended early after {time.time() - found.began:.0f} s ({error!r})"
    write(asked.out, found)
    print(f"{time.time() - found.began:.0f} s; the results are in {asked.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
