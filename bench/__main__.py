"""``python -m bench``: runs the workloads, beside each other, and writes RESULTS.md."""

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
from typing import Any

from playwright.async_api import Error

from bench import machine
from bench.catalogue import PEERS_BY_NAME
from bench.crowd import TURNED_AWAY
from bench.heavy import HeavyState
from bench.progress import Progress, plan
from bench.report import Head, write
from bench.rows import Bench, Found, Scale
from bench.same import Different, check
from bench.serving import Place
from bench.state import State
from bench.workloads import WORKLOADS

#: What one step may fail with; the others are run all the same.
_FAILS = (*TURNED_AWAY, Error, ExceptionGroup, asyncio.IncompleteReadError)


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    names = {workload.name: workload for workload in WORKLOADS}
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a little of each, in three minutes")
    parser.add_argument("--only", help="workloads, as in W3 or W1,W4", default=",".join(names))
    parser.add_argument(
        "--peers", help="servers, as in muntin,dash", default=",".join(PEERS_BY_NAME)
    )
    parser.add_argument("--viewers", help="W3: as in 1,10,500", default="")
    parser.add_argument("--repeat", type=int, help="repetitions; else each workload's own")
    parser.add_argument("--seconds", type=int, help="updates counted in each case")
    parser.add_argument("--minutes", type=float, default=30, help="end after so long, [30]")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "RESULTS.md")
    asked = parser.parse_args()
    for option, known in (("only", names), ("peers", PEERS_BY_NAME)):
        setattr(asked, option, getattr(asked, option).split(","))
        if unknown := set(getattr(asked, option)) - set(known):
            parser.error(f"no such thing: {', '.join(unknown)}; there are {', '.join(known)}")
    return asked


async def run(asked: argparse.Namespace, found: Found, folder: Path) -> None:
    """Look whether all show the same, then run what was asked for, into `found`."""
    bench = _bench(asked, folder)
    peers = [peer for name, peer in PEERS_BY_NAME.items() if name in asked.peers]
    workloads = [workload for workload in WORKLOADS if workload.name in asked.only]
    print("The same fields on every server?", flush=True)
    found.checked = await check(peers, bench.place, bench.state)
    heavy = {  # shown by other code paths, so looked at as well
        peer.name for one in workloads if one.name == "W7"
        for peer in one.peers(quick=asked.quick)
    }  # fmt: skip
    if heavy:
        chosen = [peer for peer in peers if peer.name in heavy]
        await check(chosen, bench.heavy, bench.heavy_state)
    progress = Progress(plan(workloads, asked.peers, asked.repeat, quick=asked.quick))
    bench.say = progress.say
    for step in progress.steps:
        progress.next()
        bench.turn = step.turn
        try:
            found.rows += await step.workload.run(bench, step.peer)
        except _FAILS as error:
            words = f"{step.workload.name}, {step.peer.label}, repetition {step.turn + 1}"
            found.failed.append(f"{words}: {str(error)[:200] or type(error).__name__}")
            progress.say(f"failed: {error!r}"[:400])


def _bench(asked: argparse.Namespace, folder: Path) -> Bench:
    """Return the two funds, each with its place, and how much is asked."""
    ladder = tuple(sorted({int(one) for one in asked.viewers.split(",") if one}))
    scale = Scale(asked.quick, asked.seconds or (2 if asked.quick else 4), ladder)
    state, heavy = State(folder / "light" / "state"), HeavyState(folder / "heavy" / "state")
    return Bench(
        Place(state.folder, folder / "light.txt"), state,
        Place(heavy.folder, folder / "heavy.txt"), heavy, scale, print,
    )  # fmt: skip


async def _bounded(work: Coroutine[Any, Any, None], seconds: float) -> None:
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
    words = shlex.join(sys.argv[1:])
    head = Head(
        f'make bench ARGS="{words}"' if words else "make bench", time.time(), machine.load()
    )
    found = Found()
    with tempfile.TemporaryDirectory(prefix="muntin-bench-") as folder:
        try:
            asyncio.run(_bounded(run(asked, found, Path(folder)), 60 * asked.minutes))
        except Different as error:
            print(f"Nothing was timed: {error}")
            return 1
        except (TimeoutError, KeyboardInterrupt) as error:
            found.failed.append(f"the run ended early ({type(error).__name__})")
    write(asked.out, head, found)
    print(f"{time.time() - head.began:.0f} s; the results are in {asked.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
