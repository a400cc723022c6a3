"""Pools of threads: one kind of work waits only for its own kind, and nothing for what hangs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from muntin.web.threads import Busy, ThreadPool, in_thread

#: Ends although a job hangs, in a pool and on a thread of its own.
HANGS = """
import asyncio, threading
from muntin.web.threads import ThreadPool, in_thread

async def main():
    started = threading.Event()
    def hang():
        started.set()
        threading.Event().wait()
    waiting = [asyncio.ensure_future(ThreadPool("a", 1).run(hang))]
    waiting.append(asyncio.ensure_future(in_thread("b", hang)))
    await in_thread("c", started.wait)

asyncio.run(main())
print("ended")
"""


def test_result_and_exception_reach_the_event_loop() -> None:
    def fails() -> None:
        raise KeyError("no")

    async def main() -> None:
        pool = ThreadPool("test", 2)
        assert await pool.run(divmod, 7, 2) == (3, 1)
        assert await in_thread("test", divmod, 7, 2) == (3, 1)
        with pytest.raises(KeyError):
            await pool.run(fails)
        with pytest.raises(KeyError):
            await in_thread("test", fails)

    asyncio.run(main())


def test_pool_starts_no_more_threads_than_it_may() -> None:
    async def main() -> set[str]:
        pool = ThreadPool("test", 2)
        jobs = (pool.run(lambda: threading.current_thread().name) for _ in range(50))
        return set(await asyncio.gather(*jobs))

    assert asyncio.run(main()) <= {"test-1", "test-2"}


def test_full_pool_refuses_at_once() -> None:
    go = threading.Event()

    async def main() -> None:
        pool = ThreadPool("test", 1, waiting=1)
        first = asyncio.ensure_future(pool.run(go.wait))
        await asyncio.sleep(0)
        jobs = [asyncio.ensure_future(pool.run(go.wait)) for _ in range(5)]
        done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_EXCEPTION)
        assert {type(job.exception()) for job in done} == {Busy}
        go.set()
        await first
        await asyncio.gather(*jobs, return_exceptions=True)

    asyncio.run(main())


def test_job_nobody_waits_for_any_more_is_not_run() -> None:
    go, ran = threading.Event(), threading.Event()

    async def main() -> None:
        pool = ThreadPool("test", 1)
        first = asyncio.ensure_future(pool.run(go.wait))
        second = asyncio.ensure_future(pool.run(ran.set))
        await asyncio.sleep(0)
        second.cancel()
        go.set()
        await first
        await pool.run(lambda: None)

    asyncio.run(main())
    assert not ran.is_set()


def test_process_ends_whatever_hangs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HANGS], capture_output=True, text=True, check=False, timeout=30
    )

    assert (done.stdout, done.returncode) == ("ended\n", 0), done.stderr
