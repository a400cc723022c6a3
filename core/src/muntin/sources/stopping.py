"""The event that ends a source: it also wakes whoever waits for a file descriptor."""

from __future__ import annotations

import os
import threading
import weakref


class Stop(threading.Event):
    """An event that is a readable file as well once it is set, for poll() and select()."""

    def __init__(self) -> None:
        super().__init__()
        self._read, self._write = os.pipe()
        weakref.finalize(self, _close, self._read, self._write)

    def fileno(self) -> int:
        """Return the descriptor that can be read from once the event is set."""
        return self._read

    def set(self) -> None:
        """Set the event and wake everybody; it stays set."""
        if not self.is_set():
            super().set()
            os.write(self._write, b"!")


def _close(*handles: int) -> None:
    for handle in handles:
        os.close(handle)
