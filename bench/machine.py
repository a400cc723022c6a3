"""The machine: which core runs what, what a process has used, and what is installed."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import time
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent

#: Cores by role; on a machine with a single core nothing is pinned.
SERVER_CORE, CLIENT_CORE = 0, 1
PINNED = len(os.sched_getaffinity(0)) > 1


def on_server_core(command: list[str]) -> list[str]:
    """Return the command as it runs on the server's core."""
    return ["taskset", "-c", str(SERVER_CORE), *command] if PINNED else command


def on_client_core() -> None:
    """Keep this process, its writer and its viewers on the other core, with sockets enough."""
    if PINNED:
        os.sched_setaffinity(0, {CLIENT_CORE})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in thread.read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and its children, to the nanosecond.

    It is what utime + stime of /proc/<pid>/stat show, without their ticks of 10 ms: the kernel's
    CPU clock of each process (clock_getcpuclockid(3)).
    """
    return sum(cpu_by_process(pid).values())


def cpu_by_process(pid: int) -> dict[int, float]:
    """Return user and system time of a process and of each of its children, by number."""
    return {one: time.clock_gettime((~one << 3) | 2) for one in family(pid)}


def rss_kb(pid: int) -> int:
    """Return the resident memory of a process and its children, kB."""
    return sum(_rss_kb(one) for one in family(pid))


def _rss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def busy_seconds(core: int) -> float:
    """Return how long a core has worked, for whomever, since the machine's start."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _iowait, irq, softirq = map(int, ticks[:7])
            return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
    return 0.0


def load() -> str:
    """Return the load averages."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def facts() -> dict[str, str]:
    """Return what the figures depend on."""
    return {
        "revision": _revision(),
        "machine": f"{os.cpu_count()} cores, {_model()}, {_memory_gb():.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "Muntin runs with": _versions(
            next((ROOT / ".venv" / "lib").glob("python*/site-packages"), None),
            ("muntin", "muntin-overview", "bokeh", "panel", "tornado", "watchfiles"),
        ),
        "the others with": _versions(
            None, ("streamlit", "dash", "gunicorn", "panel", "bokeh", "tornado")
        ),
        "pinned": f"server on core {SERVER_CORE}, viewers and writer on core {CLIENT_CORE}"
        if PINNED
        else "no: a single core",
    }


def _versions(folder: Path | None, names: tuple[str, ...]) -> str:
    """Return the versions of libraries in a folder, or in this environment."""
    found = distributions() if folder is None else distributions(path=[str(folder)])
    versions = {one.name: one.version for one in found}
    return ", ".join(f"{name} {versions.get(name, '?')}" for name in names)


def _revision() -> str:
    """Return the commit, and whether there are changes besides it."""
    try:
        git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude", "*"]
        return subprocess.run(git, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
