"""The simulated fund on a thread of its own, and a clean end of the program."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType
from typing import NoReturn

from muntin_demo.simulator import Chaos, Fund, Producer


@contextmanager
def producing(
    folder: Path, seed: int | None, report: Callable[[str], None], *, chaos: bool = False
) -> Iterator[None]:
    """Run a simulated fund that writes its documents to a directory; `report` gets the chaos."""
    fund = Fund(Random(seed), time.time())  # noqa: S311 - made-up figures
    mischief = Chaos(Random(seed), report) if chaos else None  # noqa: S311 - made-up figures
    producer = Producer(fund, folder, time.time, chaos=mischief)
    producer.write_all(time.time())
    stop = threading.Event()
    thread = threading.Thread(target=producer.run, args=(stop,), name="simulator", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """Let SIGTERM unwind the program, so that temporary files are removed."""

    def leave(_number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(0)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


__all__ = ["ending_cleanly", "producing"]
