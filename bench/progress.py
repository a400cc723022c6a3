"""What is going on, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.catalogue import Peer
from bench.rows import Workload


@dataclass(frozen=True, slots=True)
class Step:
    """One workload against one server, once."""

    workload: Workload
    peer: Peer
    turn: int
    turns: int
    #: How long it is thought to take, seconds.
    seconds: float


@dataclass(slots=True)
class Progress:
    """Says which step runs and how much time is left, corrected by how long the others took."""

    steps: Sequence[Step]
    began: float = field(default_factory=time.monotonic)
    done: int = 0

    def next(self) -> None:
        """Say what comes now."""
        step = self.steps[self.done]
        self.done += 1
        turn = f", {step.turn + 1} of {step.turns}" if step.turns > 1 else ""
        print(
            f"[{self.done}/{len(self.steps)}, {_clock(self.left())} left] "
            f"{step.workload.name} {step.workload.title}: {step.peer.label}{turn}",
            flush=True,
        )

    def say(self, text: str) -> None:
        """Say what the step has found."""
        print(f"    {text}", flush=True)

    def left(self) -> float:
        """Return how many seconds are left, the step that runs included."""
        past = sum(step.seconds for step in self.steps[: self.done - 1])
        ahead = sum(step.seconds for step in self.steps[self.done - 1 :])
        # A minute's worth of trust in the estimates, before the clock is believed.
        slower = (time.monotonic() - self.began + 60) / (past + 60)
        return ahead * slower


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"


def plan(
    workloads: Sequence[Workload], peers: Sequence[str], repeat: int | None, *, quick: bool
) -> list[Step]:
    """Return the steps: by workload, the servers by turns, in the opposite order every other."""
    steps: list[Step] = []
    for workload in workloads:
        chosen = [peer for peer in workload.peers(quick=quick) if peer.name in peers]
        turns = repeat or (1 if quick else workload.turns)
        for turn in range(turns):
            for peer in chosen if turn % 2 == 0 else reversed(chosen):
                seconds = workload.seconds[peer.name][quick]
                steps.append(Step(workload, peer, turn, turns, seconds))
    return steps
