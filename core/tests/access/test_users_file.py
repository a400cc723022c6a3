"""The users file: private, whole, and never a way in when it is damaged."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from core.tests.access.kit import ANNA, Book

from muntin import ConfigError
from muntin.access import Access
from muntin.access.editing import editing
from muntin.access.names import good_name, name_key, outside_name
from muntin.access.passwords import Passwords, is_hash
from muntin.access.users import OVERDUE, UserRecord, Users, read_users
from muntin.testing import FakeClock

HASH = "$argon2id$v=19$m=8,t=1,p=1$" + "a" * 22 + "$" + "b" * 43


def problem(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_users(path)
    return str(caught.value)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    record = UserRecord(HASH, ("investor",), claims={"holder": "H-7"})

    with editing(path) as users:
        users["anna"] = record

    assert read_users(path) == {"anna": record}
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_may_read_is_refused(book: Book, mode: int) -> None:
    book.path.chmod(mode)

    assert f"chmod 600 {book.path}" in problem(book.path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("{}", "users: required"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it holds no object"),
        ('{"users": []}', "users: should be a"),
        ('{"users": {"anna": 7}}', "users.anna: should be a"),
        ('{"users": {"anna": {}}}', "users.anna.password: required"),
        (
            '{"users": {"anna": {"password": "hunter2"}}}',
            "users.anna: password: is not an argon2id",
        ),
        (f'{{"users": {{"Anna": {{"password": "{HASH}"}}}}}}', "users.Anna: is not a name"),
        (f'{{"users": {{"anna": {{"password": "{HASH}", "role": []}}}}}}', "did you mean roles?"),
        (f'{{"users": {{"anna": {{"password": "{HASH}", "roles": "x"}}}}}}', "valid array"),
    ],
)
def test_a_damaged_file_is_told_and_holds_no_secret(book: Book, text: str, words: str) -> None:
    book.write(text)

    assert words in problem(book.path)
    assert "hunter2" not in problem(book.path)


def test_a_file_that_is_not_there_tells_how_to_make_one(tmp_path: Path) -> None:
    assert "muntin users add NAME" in problem(tmp_path / "users.json")


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)  # to open it for reading would wait for ever

    assert "no regular file" in problem(tmp_path / "pipe")
    assert "cannot be read" in problem(tmp_path)


@pytest.mark.parametrize("damage", ["{", '{"users": {"anna": {}}}', None])
def test_a_file_damaged_while_it_is_used_changes_nothing(book: Book, damage: str | None) -> None:
    users = Users(book.path)
    if damage is None:
        book.path.unlink()
    else:
        book.write(damage)

    assert not users.refresh()
    assert users.problem
    assert users.get("anna") is not None

    del book.users["anna"]
    book.write()
    assert users.refresh()
    assert (users.problem, users.get("anna")) == ("", None)


def test_a_file_opened_to_others_while_it_is_used_changes_nothing(book: Book) -> None:
    users = Users(book.path)
    book.users["anna"]["roles"] = ["operator"]
    book.write()
    book.path.chmod(0o644)

    users.refresh()

    anna = users.get("anna")
    assert anna is not None
    assert anna.roles == ("investor",)


def test_a_question_looks_itself_where_nobody_else_does(book: Book, clock: FakeClock) -> None:
    users = Users(book.path, clock)
    book.users.clear()
    book.write()

    assert users.get("anna")
    clock.advance(OVERDUE + 1)
    assert users.get("anna") is None


def test_an_edit_that_fails_leaves_the_file_as_it_was(book: Book) -> None:
    before = book.path.read_bytes()

    with pytest.raises(KeyError), editing(book.path) as users:
        del users["anna"], users["nobody"]

    assert book.path.read_bytes() == before
    assert {one.name for one in book.path.parent.iterdir()} <= {"users.json", ".users.json.lock"}


def test_no_edit_is_lost_when_many_are_made_at_once(tmp_path: Path) -> None:
    path = tmp_path / "users.json"

    def add(number: int) -> None:
        with editing(path) as users:
            users[f"user{number}"] = UserRecord(HASH)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))

    assert len(read_users(path)) == 24


def test_a_link_to_the_file_stays_a_link(tmp_path: Path, book: Book) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(book.path)

    with editing(link) as users:
        del users["olga"]

    assert link.is_symlink()
    assert set(read_users(book.path)) == {"anna"}


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="cannot be written: No such file"),
        editing(tmp_path / "no" / "users.json") as _,
    ):
        pass


# ------------------------------------------------------------ names and passwords


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a" * 129,
        "an na",
        "an\nna",
        "anna\0",
        "-anna",
        ".anna",
        "a/b",
        "a:b",
        "\u202eanna",
        "\u0430nna",
        "an\u200bna",
        "anna ",
    ],
)
def test_a_name_that_could_be_mistaken_is_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        good_name(name)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Anna", "anna"),
        ("a.b_c@fund.example", "a.b_c@fund.example"),
        ("Zoë", "zoë"),
        ("Zoe\u0308", "zoë"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("анна", "анна"),
    ],
)
def test_a_good_name_has_one_spelling(name: str, kept: str) -> None:
    assert good_name(name) == kept
    assert name_key(kept) == kept


@pytest.mark.parametrize("name", ["", " anna", "an\tna", "x" * 200, 7, None, ["anna"], "a\u202eb"])
def test_a_name_from_outside_that_will_not_do_is_none(name: object) -> None:
    assert outside_name(name) == ""


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 20, "abababababababab", "a" * 600, "with a \x1b escape in it"]
)
def test_a_poor_password_is_refused(passwords: Passwords, password: str) -> None:
    with pytest.raises(ConfigError, match="the password is"):
        passwords.hash(password)


def test_passwords_are_kept_as_argon2id_with_their_own_salt() -> None:
    hashes = {Passwords().hash(ANNA) for _ in range(2)}

    assert len(hashes) == 2
    assert all(one.startswith("$argon2id$v=19$m=65536,t=3,p=4$") for one in hashes)
    assert all(is_hash(one) for one in hashes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hunter2",
        "$argon2id$",
        HASH.replace("argon2id", "argon2i"),
        "$2b$12$" + "a" * 53,
        HASH.replace("m=8,", "m=99999999,"),
        HASH.replace("t=1,", "t=9999,"),
    ],
)
def test_any_other_hash_is_none(text: str) -> None:
    assert not is_hash(text)


def test_a_file_with_thousands_of_users_is_read(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    users = {f"user{n}": {"password": HASH, "roles": ["investor"]} for n in range(2000)}
    path.write_text(json.dumps({"users": users}))
    path.chmod(0o600)

    assert len(read_users(path)) == 2000


def test_a_user_with_a_hash_of_rubbish_cannot_sign_in(access: Access, book: Book) -> None:
    book.users["anna"]["password"] = HASH
    book.write()

    assert access.login("anna", ANNA, "192.0.2.7").reason == "wrong"
