"""Signing in and out in mode "users": what counts, what does not, and what is said of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from core.tests.access.kit import ANNA, OLGA, Book, Door

from muntin import Viewer
from muntin.access import Access, Credentials
from muntin.access.authentication import WRONG
from muntin.access.limiter import FAILURES, WINDOW
from muntin.access.passwords import AT_ONCE, LONGEST, Passwords
from muntin.testing import FakeClock

HOME = "192.0.2.7"


def came(access: Access, cookie: str) -> str:
    """Return the name of whom a cookie lets in, "" for nobody."""
    session = access.identify(Credentials(HOME, cookie=cookie))
    return session.viewer.name if session else ""


def enter(access: Access, name: str = "anna", password: str = ANNA) -> str:
    login = access.login(name, password, HOME)
    assert login.session is not None, login.reason
    return login.cookie


def test_name_and_password_open_a_session_with_roles_and_claims(access: Access) -> None:
    login = access.login("anna", ANNA, HOME)

    assert login.session is not None
    assert login.session.viewer.name == "anna"
    assert login.session.viewer.roles == {"investor"}
    assert login.session.viewer.claims == {"holder": "H-7"}
    assert came(access, login.cookie) == "anna"


@pytest.mark.parametrize("name", ["Anna", "ANNA", "\uff21nna"])
def test_a_name_is_the_same_in_any_case_and_form(access: Access, name: str) -> None:
    assert came(access, enter(access, name)) == "anna"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("anna", OLGA),
        ("nobody", ANNA),
        ("", ANNA),
        ("anna", ""),
        ("anna", ANNA + " "),
        ("anna", "x" * (LONGEST + 1)),
        ("a" * 100_000, ANNA),
        ("anna\0", ANNA),
        ("anna", "\ud800"),
    ],
)
def test_anything_else_opens_nothing_and_says_the_same(
    access: Access, name: str, password: str
) -> None:
    login = access.login(name, password, HOME)

    assert (login.session, login.cookie, login.message) == (None, "", WRONG)


def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    access: Access, passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: one comparison in either case, also for one who is disabled."""
    compared: list[str] = []
    hasher = type(passwords._hasher)
    verify = hasher.verify

    def counted(self: object, hashed: str, password: bytes) -> bool:
        compared.append(hashed)
        return bool(verify(self, hashed, password))  # type: ignore[arg-type]

    monkeypatch.setattr(hasher, "verify", counted)
    for name in ("anna", "nobody"):
        access.login(name, "wrong password", HOME)

    assert len(compared) == 2
    assert {one.split("$")[3] for one in compared} == {"m=8,t=1,p=1"}


def test_a_new_session_has_a_new_id_whatever_came_before(access: Access) -> None:
    cookies = {enter(access) for _ in range(3)}

    assert len(cookies) == 3


def test_logging_out_ends_the_session_and_no_other(access: Access) -> None:
    one, other = enter(access), enter(access)
    session = access.identify(Credentials(HOME, cookie=one))
    assert session is not None

    access.logout(session.id)

    assert (came(access, one), came(access, other)) == ("", "anna")
    assert access.session(session.id) is None


@pytest.mark.parametrize("cookie", ["", "x", ".", "a.b", "é" * 50, "\ud800.x", "a" * 100_000])
def test_a_made_up_cookie_lets_nobody_in(access: Access, cookie: str) -> None:
    assert came(access, cookie) == ""


def test_a_cookie_under_another_secret_lets_nobody_in(door: Door, passwords: Passwords) -> None:
    cookie = enter(door.open(passwords))

    assert (
        came(door.open(passwords, secret="another secret of thirty-two characters"), cookie) == ""
    )


def test_the_handle_of_a_session_opens_nothing(access: Access) -> None:
    """It stands in logs and tables."""
    login = access.login("anna", ANNA, HOME)
    assert login.session is not None

    assert came(access, login.session.id) == ""
    assert login.session.id not in login.cookie


def test_what_opens_a_session_is_not_printed(access: Access) -> None:
    login = access.login("anna", ANNA, HOME)
    assert login.session is not None

    printed = repr(login) + repr(login.session) + repr(Credentials(HOME, {}, login.cookie))
    assert login.cookie not in printed
    assert login.session.csrf not in printed


# ------------------------------------------------------------ the limiter


def test_after_five_failures_the_right_password_has_to_wait(
    access: Access, clock: FakeClock
) -> None:
    for n in range(FAILURES):
        access.login("anna", "wrong password", f"192.0.2.{n}")

    login = access.login("anna", ANNA, "192.0.2.99")
    assert (login.session, login.reason) == (None, "limited")
    assert 0 < login.retry_after <= WINDOW

    clock.advance(login.retry_after)
    assert access.login("anna", ANNA, "192.0.2.99").session is not None


def test_an_address_is_stopped_whatever_names_it_tries(access: Access) -> None:
    for n in range(FAILURES):
        access.login(f"somebody{n}", "wrong password", HOME)

    assert access.login("anna", ANNA, HOME).reason == "limited"
    assert access.login("anna", ANNA, "198.51.100.1").session is not None


def test_one_own_login_does_not_buy_guesses_at_others(access: Access) -> None:
    for n in range(FAILURES - 1):
        access.login(f"somebody{n}", "wrong password", HOME)
    enter(access)
    access.login("somebody-else", "wrong password", HOME)

    assert access.login("olga", OLGA, HOME).reason == "limited"


def test_many_attempts_at_once_are_no_way_round(door: Door, passwords: Passwords) -> None:
    access = door.open(passwords)
    start = threading.Barrier(10)

    def guess(_number: int) -> str:
        start.wait(10)
        return access.login("anna", "wrong password", HOME).reason

    with ThreadPoolExecutor(10) as pool:
        reasons = list(pool.map(guess, range(10)))

    assert reasons.count("wrong") == FAILURES
    assert reasons.count("limited") == 10 - FAILURES


def test_when_too_many_passwords_are_compared_one_is_asked_to_come_back(door: Door) -> None:
    impatient = Passwords(patience=0.0)
    for _ in range(AT_ONCE):
        impatient._turns.acquire()
    access = door.open(impatient)

    logins = [access.login("anna", ANNA, HOME) for _ in range(FAILURES + 1)]

    assert {(one.reason, one.retry_after) for one in logins} == {("busy", 5.0)}


# ------------------------------------------------------------ while it runs


def test_a_role_taken_away_is_gone_at_the_next_look(access: Access, book: Book) -> None:
    session = access.login("anna", ANNA, HOME).session
    assert session is not None

    book.users["anna"]["roles"] = ["operator"]
    book.write()
    access.refresh()

    now = access.session(session.id)
    assert now is not None
    assert now.viewer.roles == {"operator"}
    assert now.csrf == session.csrf


@pytest.mark.parametrize("what", ["removed", "disabled", "password"])
def test_a_user_who_is_out_has_no_session_any_more(
    access: Access, book: Book, passwords: Passwords, what: str
) -> None:
    cookie, other = enter(access), enter(access, "olga", OLGA)

    if what == "removed":
        del book.users["anna"]
    elif what == "disabled":
        book.users["anna"]["disabled"] = True
    else:
        book.users["anna"]["password"] = passwords.hash("a new and long password")
    book.write()
    access.refresh()

    assert (came(access, cookie), came(access, other)) == ("", "olga")


def test_a_disabled_user_cannot_sign_in(access: Access, book: Book) -> None:
    book.users["anna"]["disabled"] = True
    book.write()

    assert access.login("anna", ANNA, HOME).message == WRONG


def test_a_user_taken_out_while_signing_in_is_not_let_in(door: Door, passwords: Passwords) -> None:
    def removing(user: Viewer) -> frozenset[str]:
        access.end_user(user.name)
        return frozenset({"board"})

    access = door.open(passwords, removing)

    login = access.login("anna", ANNA, HOME)
    assert (login.session, login.cookie, login.reason) == (None, "", "gone")


def test_ending_a_user_ends_all_their_sessions(access: Access) -> None:
    cookies = [enter(access), enter(access), enter(access, "olga", OLGA)]

    assert access.end_user("anna") == 2
    assert [came(access, one) for one in cookies] == ["", "", "olga"]


def test_the_background_follows_the_file(access: Access, book: Book) -> None:
    session = access.login("anna", ANNA, HOME).session
    assert session is not None
    access.start()
    del book.users["anna"]
    book.write()

    gone = threading.Event()
    for _ in range(200):
        if access.session(session.id) is None:
            break
        gone.wait(0.05)
    assert access.session(session.id) is None


# ------------------------------------------------------------ the audit of it


def test_the_audit_has_a_line_for_each_and_no_secret(access: Access, door: Door) -> None:
    cookie = enter(access)
    access.login("anna", "hunter2 hunter2", HOME)
    access.login("no\nbody\x1b[31m", "hunter2 hunter2", HOME)
    session = access.identify(Credentials(HOME, cookie=cookie))
    assert session is not None
    access.logout(session.id, HOME)

    lines = door.audit()

    assert [(one["event"], one["name"], one.get("reason")) for one in lines] == [
        ("login", "anna", None),
        ("login-failed", "anna", "wrong"),
        ("login-failed", "no\nbody\x1b[31m", "wrong"),
        ("logout", "anna", None),
    ]
    text = (door.folder / "audit.log").read_text()
    assert "hunter2" not in text
    assert ANNA not in text
    assert cookie.partition(".")[0] not in text
    assert "\x1b" not in text
    assert text.count("\n") == 4
