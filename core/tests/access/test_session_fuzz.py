"""The file of sessions, fuzzed: whatever it holds, the server starts and says what it left out."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from core.tests.access.kit import SECRET
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from muntin import Viewer
from muntin.access import sessionfile
from muntin.access.sessionfile import SessionFile
from muntin.access.sessions import SessionRecord, Sessions
from muntin.access.signing import Signer, handle_of
from muntin.settings import AccessConfig, Secret
from muntin.testing import FakeClock

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
#: Records as an attacker with the secret, or another version, might write them.
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.text(max_size=5) | JSON,
            "name": st.text(max_size=5) | JSON,
            "roles": st.lists(st.text(max_size=5)) | JSON,
            "claims": st.dictionaries(st.text(max_size=5), JSON) | JSON,
            "created": st.floats() | JSON,
        },
        optional={"stamp": st.text(max_size=5) | JSON, "more": JSON},
    )
)
FOLDER = [HealthCheck.function_scoped_fixture]


def signer(clock: FakeClock) -> Signer:
    return Signer(SECRET, clock)


class Kept:
    """Sessions with their file, as `Access` has them."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        config = AccessConfig(mode="proxy", secret=Secret(SECRET), sessions=str(path))
        self.sessions = Sessions(signer(clock), self._viewer_of, 1e6, 1e6)
        self.file = SessionFile(config, signer(clock), clock)
        self.sessions.restore(self.file.read())

    def _viewer_of(self, record: SessionRecord) -> Viewer:
        return Viewer(record.name, record.roles, record.claims)

    def save(self) -> bool:
        return self.file.save(self.sessions, at_once=True)


@settings(max_examples=300, suppress_health_check=FOLDER)
@given(st.binary(max_size=300))
def test_bytes_that_are_not_signed_restore_nobody(tmp_path: Path, found: bytes) -> None:
    (tmp_path / "sessions").write_bytes(found)

    assert len(Kept(tmp_path / "sessions", FakeClock()).sessions) == 0


@settings(max_examples=300, suppress_health_check=FOLDER)
@given(JSON | RECORDS)
def test_signed_json_of_any_shape_raises_nothing_and_can_be_written_again(
    tmp_path: Path, found: Any
) -> None:
    clock, path = FakeClock(), tmp_path / "sessions"
    path.write_text(signer(clock).seal("sessions proxy ", json.dumps(found)))

    kept = Kept(path, clock)
    kept.sessions.sweep()
    kept.sessions.create("anna", frozenset(), {}, "")
    assert kept.save()
    assert "anna" in {one.name for one in Kept(path, clock).sessions.records()}


@settings(max_examples=500, suppress_health_check=FOLDER)
@given(
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    put=st.binary(max_size=20),
)
def test_a_file_altered_anywhere_restores_all_or_nobody(
    tmp_path: Path, ends: list[float], put: bytes
) -> None:
    clock, path = FakeClock(), tmp_path / "sessions"
    path.unlink(missing_ok=True)
    kept = Kept(path, clock)
    for name in ("anna", "olga"):
        kept.sessions.create(name, frozenset({"investor"}), {"holder": name}, "")
    kept.save()
    true = path.read_bytes()
    start, end = (int(share * len(true)) for share in ends)
    path.write_bytes(true[:start] + put + true[end:])

    names = {one.name for one in Kept(path, clock).sessions.records()}
    assert names in (set(), {"anna", "olga"})
    assert not names or path.read_bytes() == true


class Crashes(RuleBasedStateMachine):
    """Sessions begin and end; the disk fails and recovers; the server is killed at any point."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name, "sessions")
        self.patch = pytest.MonkeyPatch()
        self.kept = Kept(self.path, self.clock)
        self.open: list[str] = []
        #: Ended, and the end was confirmed: on disk.
        self.ended: set[str] = set()
        #: Ended while the disk took nothing; may come back if the server is killed.
        self.unsaved: set[str] = set()

    @rule(name=st.sampled_from(["anna", "olga"]))
    def begin(self, name: str) -> None:
        self.open.append(self.kept.sessions.create(name, frozenset(), {}, ""))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def end(self, data: Any) -> None:
        cookie = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        session = self.kept.sessions.of_cookie(cookie)
        if session is None:
            return
        self.kept.sessions.end(session.id)
        self.unsaved.add(cookie)
        self._saved(self.kept.file.save(self.kept.sessions))

    @rule()
    def watch(self) -> None:
        self.clock.advance(1)
        self._saved(self.kept.file.save(self.kept.sessions))

    def _saved(self, confirmed: bool) -> None:
        if confirmed:
            self.ended |= self.unsaved
            self.unsaved.clear()

    @rule(names=st.sets(st.sampled_from(["write_private", "remove_private"])))
    def break_disk(self, names: set[str]) -> None:
        for name in names:
            self.patch.setattr(sessionfile, name, _full)

    @rule()
    def repair_disk(self) -> None:
        self.patch.undo()

    @rule()
    def kill(self) -> None:
        self.kept = Kept(self.path, self.clock)
        self.open = [one for one in self.open if self.kept.sessions.of_cookie(one)]
        back = {one for one in self.unsaved if self.kept.sessions.of_cookie(one)}
        self.open += sorted(back)
        self.unsaved.clear()

    @invariant()
    def nobody_is_back(self) -> None:
        assert not any(self.kept.sessions.of_cookie(one) for one in self.ended | self.unsaved)

    def teardown(self) -> None:
        self.patch.undo()
        self._folder.cleanup()


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


class TestCrashes(Crashes.TestCase):  # type: ignore[misc,valid-type]  # made by Hypothesis
    settings = settings(max_examples=60, stateful_step_count=50, deadline=None)


@pytest.mark.faults
class TestManyCrashes(Crashes.TestCase):  # type: ignore[misc,valid-type]  # made by Hypothesis
    settings = settings(max_examples=4000, stateful_step_count=50, deadline=None)


def test_the_id_of_a_session_does_not_open_it(tmp_path: Path) -> None:
    """What the file holds is no cookie, not even under the right signature."""
    clock = FakeClock()
    kept = Kept(tmp_path / "sessions", clock)
    cookie = kept.sessions.create("anna", frozenset(), {}, "")
    session = kept.sessions.of_cookie(cookie)
    assert session

    assert kept.sessions.of_cookie(session.id) is None
    assert kept.sessions.of_cookie(signer(clock).seal("session", session.id)) is None
    assert handle_of(cookie.rpartition(".")[0]) == session.id
