"""What was raised, in words: safe for exceptions of other people's code, whose own may raise."""

from __future__ import annotations

from collections.abc import Callable

#: Characters of a summary and of a trace, at most; of a trace the end counts.
SUMMARY_LIMIT, TRACE_LIMIT = 300, 8000


def summary_of(error: BaseException) -> str:
    """Return type and text of an exception, one line."""
    text = " ".join(_told(lambda: str(error)).split())
    name = type(error).__name__
    return f"{name}: {text}"[:SUMMARY_LIMIT] if text else name


def trace_of(error: BaseException | None) -> str:
    """Return the trace of an exception, for the log and for operators; "" for none."""
    import traceback

    if error is None:
        return ""
    return _told(lambda: "".join(traceback.format_exception(error)))[-TRACE_LIMIT:]


def place_of(error: BaseException, passing: tuple[str, ...] = ()) -> str:
    """Return file and line that raised an exception, "" for one that was never raised.

    Files whose names hold a part of `passing` only pass it on.
    """
    import traceback

    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not any(part in frame.filename for part in passing):
            name = "/".join(frame.filename.replace("\\", "/").split("/")[-2:])
            return f"{name}:{frame.lineno}"
    return ""


def _told(tell: Callable[[], str]) -> str:
    try:
        return tell()
    except BaseException:  # noqa: BLE001  # boundary: its methods are other people's code as well
        return "(its text cannot be shown)"


__all__ = ["SUMMARY_LIMIT", "TRACE_LIMIT", "place_of", "summary_of", "trace_of"]
