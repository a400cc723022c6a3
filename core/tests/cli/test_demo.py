"""`muntin demo`: a simulated fund that is served, and cleaned up at the end."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from core.tests.cli.kit import GOOD, Machine, told


@pytest.fixture
def temporary(machine: Machine) -> Path:
    """Where the demo's directory is to be made, and nothing else is."""
    folder = machine.root / "tmp"
    folder.mkdir()
    return folder


def test_the_demo_does_not_overwrite_what_others_wrote(machine: Machine) -> None:
    state = machine.state(nav={"nav": 1})

    assert "would overwrite" in told(machine.run("demo", "--state", str(state)))
    assert json.loads((state / "nav.json").read_text()) == {"nav": 1}


def test_the_demo_cleans_up_when_it_cannot_serve(
    machine: Machine, taken: int, temporary: Path
) -> None:
    machine.install("good", GOOD)

    told(machine.run("demo", "--port", str(taken), TMPDIR=str(temporary)))

    assert list(temporary.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_serves_a_simulated_fund_and_cleans_up(
    machine: Machine, temporary: Path, number: signal.Signals
) -> None:
    machine.install("good", GOOD)
    seen, code = machine.hear(
        "demo", "--port", "0", until="http://", end=number, TMPDIR=str(temporary)
    )

    assert "Atlas Fund (simulated) · run mode DEMO" in seen[0]
    assert code == 0
    assert list(temporary.iterdir()) == []
