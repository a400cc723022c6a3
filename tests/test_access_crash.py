"""What has ended stays ended: over kills, a full disk, a closed terminal, a changed clock."""

from __future__ import annotations

import http.client
import random
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.kit import MUNTIN, PATIENCE, until
from tests.users_site import GOING_AWAY, Site, all_of, open_site, signed_in, websocket


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("crash")) as made:
        yield made


# ---------------------------------------------------------------- kill -9


def crash(site: Site, delay: float) -> None:
    """End the access of three users in three ways, kill the server, and look again."""
    ina, ivo, otto, uli = signed_in(site, "ina", "ivo", "otto", "uli")

    site.command("disable", "ivo")
    site.command("roles", "otto", "guest")
    assert site.sign_out(ina).status == 303
    time.sleep(delay)
    site.server.kill()
    site.command("enable", "ivo")
    site.restart()

    assert [site.is_open(cookie) for cookie in (ina, ivo, otto, uli)] == [False] * 3 + [True]


def test_what_has_ended_stays_so_when_the_server_is_killed_at_once(site: Site) -> None:
    crash(site, 0.0)


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_what_has_ended_stays_so_over_100_kills_at_random_instants(site: Site) -> None:
    chance = random.Random(7)
    for _ in range(100):
        crash(site, chance.uniform(0.0, 0.003))


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_a_sign_out_that_was_answered_holds_whenever_the_server_is_killed(site: Site) -> None:
    """Killed before, while and after the answer is made; without an answer either may be true."""
    chance, answered = random.Random(11), 0
    for _ in range(100):
        (ina,) = signed_in(site, "ina")
        killer = threading.Timer(chance.uniform(0.0, 0.04), site.server.kill)
        killer.start()
        try:
            status = site.sign_out(ina).status
        except (OSError, http.client.HTTPException):
            status = 0
        killer.join()
        site.restart()
        assert status in {0, 303}
        assert not (status and site.is_open(ina))
        answered += bool(status)
    assert 5 < answered < 95, "the instants miss the answer"


# ---------------------------------------------------------------- a disk that is full


def fill(site: Site, limit: int) -> None:
    """Let the server write no file beyond so many bytes."""
    process = site.server._process
    assert process is not None
    _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit or most, most))


def test_a_sign_out_on_a_full_disk_is_neither_lost_nor_forgotten(site: Site) -> None:
    ina, ivo = signed_in(site, "ina", "ivo")

    fill(site, 64)
    assert site.sign_out(ina).status == 303
    assert "ina" not in site.saved()
    site.server.kill()
    site.restart()
    assert not site.is_open(ina)
    assert not site.is_open(ivo)  # the price of a full disk: all sign in again


def test_once_the_disk_has_room_the_sessions_are_saved_again(site: Site) -> None:
    ina, ivo = signed_in(site, "ina", "ivo")

    fill(site, 64)
    site.sign_out(ina)
    assert site.is_open(ivo)
    fill(site, 0)
    until(lambda: "ivo" in site.saved(), "the sessions are on disk again")
    site.server.kill()
    site.restart()

    assert site.is_open(ivo)
    assert not site.is_open(ina)


# ---------------------------------------------------------------- a terminal that is closed


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_with_a_close_code_and_a_last_write(site: Site, number: int) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("these tests run under nohup, and the server keeps to it")
    (cookie,) = signed_in(site, "ina")
    with websocket(site, cookie) as connection:
        other = site.sign_in("ivo")
        process = site.server._process
        assert process is not None
        process.send_signal(number)

        assert process.wait(PATIENCE) == 0
        assert GOING_AWAY in all_of(connection)
    site.restart()
    assert site.is_open(cookie)
    assert site.is_open(other)


def test_a_hang_up_that_nohup_has_ignored_ends_nothing(tmp_path: Path) -> None:
    with open_site(tmp_path, program=("nohup", MUNTIN)) as site:
        site.server.signal(signal.SIGHUP)
        with websocket(site, site.sign_in("ina")) as connection:
            stays_open(connection, 1.0)


# ---------------------------------------------------------------- a clock that is set

#: Runs the command line with a wall clock that a file moves.
MOVED = """
import sys, time
real, path = time.time, sys.argv.pop(1)
time.time = lambda: real() + float(open(path).read())
from muntin.cli import main
sys.exit(main())
"""
DAY = 86_400.0


def test_a_day_s_step_of_the_wall_clock_signs_nobody_out(tmp_path: Path) -> None:
    offset, following = tmp_path / "offset", tmp_path / "following"
    offset.write_text("0")
    with open_site(tmp_path, program=(sys.executable, "-c", MOVED, offset)) as site:
        cookie = site.sign_in("ina")
        with websocket(site, cookie) as connection:
            for step in (DAY, -DAY):
                following.write_text(str(step))
                following.replace(offset)

                stays_open(connection, 2.5)  # the server looks at its viewers every second
                assert site.is_open(cookie)


def stays_open(connection: socket.socket, seconds: float) -> None:
    """Read for so long; fail if the server closes."""
    connection.settimeout(0.5)
    until_then = time.monotonic() + seconds
    while time.monotonic() < until_then:
        try:
            found = connection.recv(65536)
        except TimeoutError:
            continue
        assert found, "closed"
        assert b"signed out" not in found
