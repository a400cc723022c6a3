"""Plugins that cannot be imported are broken, and stop no other."""

from __future__ import annotations

import sys
import textwrap
import threading
from pathlib import Path

import pytest
from core.tests.plugins.kit import ADDS_A_PAGE, Install

from muntin import PluginError
from muntin.plugins import State, attempt, load


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise RuntimeError('no luck')", "import failed: RuntimeError: no luck (*x_bad.py:1)"),
        ("import nowhere_at_all", "import failed: ModuleNotFoundError: No module named*"),
        ("import sys\nsys.exit(3)", "import tried to end the program (SystemExit: 3)"),
        ("def f(:", "import failed: SyntaxError: *"),
        ("class E(BaseException): pass\nraise E", "import failed: E (*"),
        ("def f(): f()\nf()", "import failed: RecursionError: *"),
        (
            "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
            "import failed: E: (its text cannot be shown)*",
        ),
        ("x = 1", "has no hooks: mark its functions with @muntin.hookimpl"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_broken(
    installed: Install, code: str, reason: str
) -> None:
    installed("bad", code)
    installed("good", ADDS_A_PAGE.format("good"))

    bad, good = load().records

    assert bad.state is State.BROKEN
    begin, _, end = reason.partition("*")
    assert bad.reason.startswith(begin)
    assert bad.reason.endswith(end.replace("*", ""))
    assert "\n" not in bad.reason
    assert good.active


def test_the_trace_of_a_broken_import_is_kept_for_operators(installed: Install) -> None:
    installed("bad", "raise RuntimeError('no luck')")

    (record,) = load().records

    assert "Traceback" in record.trace
    assert "Traceback" not in repr(record)


def test_a_plugin_that_prints_does_not_spoil_standard_output(
    installed: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    installed("loud", "print('hello')\n" + textwrap.dedent(ADDS_A_PAGE.format("loud")))

    (record,) = load().records

    assert record.active
    assert capsys.readouterr() == ("", "hello\n")


def test_a_plugin_that_hangs_at_import_is_left_behind(
    installed: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(sys, "muntin_test_release", release, raising=False)
    installed("hangs", "import sys\nsys.muntin_test_release.wait(30)")
    installed("good", ADDS_A_PAGE.format("good"))

    good, hangs = load(limit=0.2).records
    release.set()

    assert good.active
    assert (hangs.state, hangs.reason) == (State.BROKEN, "import took longer than 0.2 s")


def test_an_entry_point_that_names_no_module_is_a_reason(
    installed: Install, tmp_path: Path
) -> None:
    folder = installed("odd")
    (folder / "entry_points.txt").write_text("[muntin]\nodd = no module!\n")

    assert "'no module!' is no module name" in load().records[0].reason


def test_a_plugin_cannot_interrupt_the_program() -> None:
    """A person's Ctrl-C comes to the main thread, and plugins are brought up on another."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(PluginError, match="import failed: KeyboardInterrupt"):
        attempt("x", "import", interrupt)
