"""``muntin demo``: a simulated fund that writes real documents, and the app on it."""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from muntin.errors import SourceError
from muntin.settings import Config

#: Stands in a directory that a demo wrote to, so that the next one may use it again.
MARK = ".muntin-demo"

TITLE = "Atlas Fund (simulated)"


def demo_config(config: Config) -> Config:
    """Return the settings with the demo's own title and run mode."""
    said = config.site.disclaimer or "Simulated data. Not an offer; figures are unaudited."
    return replace(config, site=replace(config.site, title=TITLE, mode="DEMO", disclaimer=said))


@contextlib.contextmanager
def state_dir(named: Path | None) -> Iterator[Path]:
    """Give the directory the demo writes to: the named one, or one that is gone afterwards.

    A directory with documents of somebody else is refused, as the demo would overwrite them.
    """
    if named is None:
        with tempfile.TemporaryDirectory(prefix="muntin-demo-", ignore_cleanup_errors=True) as name:
            made = Path(name, "state")
            made.mkdir()
            yield made
        return
    yield _claimed(named.expanduser().absolute())


def _claimed(folder: Path) -> Path:
    mark = folder / MARK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not mark.exists() and any(folder.iterdir()):
            raise SourceError(
                f"{folder} holds files that no demo wrote, and the demo would overwrite them;"
                " name an empty directory with --state"
            )
        mark.touch()
    except (FileExistsError, NotADirectoryError):
        raise SourceError(f"{folder} is no directory; name another with --state") from None
    except SourceError:
        raise
    except OSError as error:
        why = error.strerror or str(error)
        raise SourceError(f"the demo cannot write to {folder}: {why}") from None
    return folder


@contextlib.contextmanager
def producing(
    folder: Path, seed: int | None, chaos: bool, report: Callable[[str], None]
) -> Iterator[None]:
    """Keep a simulated fund writing its documents to a directory, on a thread of its own."""
    from muntin.simulator import Chaos, Fund, Producer

    random = Random(seed)  # noqa: S311 - made-up figures
    fund = Fund(random, time.time())
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


@contextlib.contextmanager
def ending_cleanly() -> Iterator[None]:
    """Let a termination signal unwind the program, so that temporary files go."""

    def leave(_number: int, _frame: FrameType | None) -> Any:
        sys.exit(0)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
