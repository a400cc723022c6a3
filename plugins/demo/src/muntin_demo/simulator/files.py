"""The two ways a file is written: a whole document at once, or one more line of a log."""

from __future__ import annotations

import os
from pathlib import Path


def publish(path: Path, data: bytes) -> None:
    """Put the bytes in place of the file: a reader sees all of the old or all of the new."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def append(path: Path, line: bytes, limit: int) -> None:
    """Add one whole line in one write; past the limit the file becomes `<stem>.1.jsonl` first."""
    target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(target).st_size
        if size and size + len(line) > limit:
            path.replace(path.with_name(f"{path.stem}.1{path.suffix}"))
            os.close(target)
            target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.write(target, line)
    finally:
        os.close(target)
