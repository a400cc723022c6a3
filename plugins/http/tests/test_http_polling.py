"""All documents together: who is asked when, and what is said of each; the clock is turned."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from muntin import EmptyFeed, Feed, MalformedFeed, Reading, SourceError, Status, log
from muntin.sources import Fetched, Poller
from muntin.sources.backoff import Backoff
from muntin.sources.decoding import decode_json
from muntin.sources.polled import Document
from muntin.testing import FakeClock
from muntin_http import HttpSettings, HttpSource, Route
from muntin_http.addresses import read_base
from muntin_http.problems import HttpError


def number(raw: Any) -> float:
    return float(raw["n"])


NAV = Feed("nav", number)
KPIS = Feed("kpis", number)
URL = "http://fund.test/state"


class Fake:
    """A client that answers from a table, and knows who was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.validators: dict[str, Mapping[str, str]] = {}

    def get(self, url: str, validators: Mapping[str, str] | None) -> Fetched:
        name = url.rpartition("/")[2].removesuffix(".json")
        self.asked.append(name)
        self.validators[name] = dict(validators or {})
        found = self.answers.get(name, HttpError(url, "404", Status.MISSING))
        if isinstance(found, HttpError):
            raise found
        if found is None:
            return Fetched(None, validators)
        data = found if isinstance(found, bytes) else json.dumps(found).encode()
        return Fetched(data, {"If-None-Match": f'"{len(data)}"'})

    def again(self) -> list[str]:
        """Return who was asked since the last time."""
        asked, self.asked = self.asked, []
        return asked


def rounds(
    client: Fake,
    *feeds: Feed[Any],
    monotonic: Any,
    interval: float = 5,
    routes: Mapping[str, Route] | None = None,
) -> Poller:
    source = HttpSource(URL, HttpSettings(interval=interval), routes=routes, clock=FakeClock())
    return source.poller(feeds or (NAV, KPIS), client.get, monotonic)


def said(readings: list[Reading]) -> dict[str, Any]:
    return {one.feed.name: one.value if one.fault is None else one.fault for one in readings}


NEVER = threading.Event()
TORN = b'{"n": '
REFUSED = HttpError("http://fund.test/", "the connection was refused", everywhere=True)
LATE = HttpError("http://fund.test/", "no complete answer within 4 s", late=True)


def test_the_first_round_tells_of_every_feed(monotonic: Any) -> None:
    logs: Any = log("vetoes", lambda row: row)
    client = Fake(nav={"n": 1})

    found = rounds(client, NAV, KPIS, logs, monotonic=monotonic).first(NEVER)

    assert said(found) == {"nav": 1.0, "kpis": Status.MISSING, "vetoes": Status.MISSING}
    problems = {one.feed.name: one.problem for one in found}
    assert problems["vetoes"] == "never seen: logs are not read over HTTP, only from a directory"


def test_a_document_is_asked_for_once_an_interval(monotonic: Any) -> None:
    client = Fake(nav={"n": 1}, kpis={"n": 2})
    at_work = rounds(client, monotonic=monotonic)
    at_work.first(NEVER)
    assert at_work.pause() == 5
    client.again()

    monotonic.now += 4.9
    assert at_work.look(NEVER) == []
    assert client.again() == []
    monotonic.now += 0.2
    at_work.look(NEVER)
    assert client.again() == ["nav", "kpis"]


def test_what_has_not_changed_is_neither_told_nor_parsed_again(monotonic: Any) -> None:
    client = Fake(nav={"n": 1})
    at_work = rounds(client, NAV, monotonic=monotonic)
    at_work.first(NEVER)
    for same in ({"n": 1}, None):
        client.answers["nav"] = same
        monotonic.now += 6
        assert at_work.look(NEVER) == []
        assert client.validators["nav"] == {"If-None-Match": '"8"'}


def test_a_fault_is_told_once_and_ends_with_the_same_content(monotonic: Any) -> None:
    client = Fake(nav={"n": 1})
    at_work = rounds(client, NAV, monotonic=monotonic)
    at_work.first(NEVER)

    client.answers["nav"] = LATE
    told = []
    for _ in range(3):
        monotonic.now += 100
        told += at_work.look(NEVER)
    assert said(told) == {"nav": Status.UNREADABLE}
    assert len(told) == 1

    client.answers["nav"] = {"n": 1}
    monotonic.now += 100
    assert said(at_work.look(NEVER)) == {"nav": 1.0}
    assert client.validators["nav"] == {}


def polled(interval: float, spread: float = 0.5) -> Document:
    """Return a document whose clock stands at 100."""
    backoff = Backoff(interval, spread=lambda: spread)
    return Document("http://h/nav.json", decode_json, interval, backoff, lambda: 100.0)


def test_pauses_double_up_to_the_longest_and_end_with_success() -> None:
    client = Fake(nav=LATE)
    document = polled(5)
    pauses = []
    for _ in range(5):
        document.fetch(client.get)
        pauses.append(document.due - 100.0)
    assert pauses == [5, 10, 20, 30, 30]

    client.answers["nav"] = {"n": 1}
    document.fetch(client.get)
    assert document.due == 105


def test_pauses_are_spread_and_never_shorter_than_the_server_wishes() -> None:
    client = Fake(nav=LATE)
    dues = []
    for spread in (0.0, 1.0):
        document = polled(8, spread)
        document.fetch(client.get)
        dues.append(document.due - 100)
    assert dues == [6, 10]

    client.answers["nav"] = HttpError("http://h/", "503", wait=120)
    document.fetch(client.get)
    assert document.due == 220


def test_a_document_that_is_not_there_is_looked_for_at_the_usual_pace() -> None:
    document = polled(5)
    for _ in range(4):
        document.fetch(Fake().get)

    assert document.due == 105


def test_where_the_server_cannot_be_reached_the_others_are_not_tried(monotonic: Any) -> None:
    client = Fake(nav=REFUSED, kpis={"n": 2})

    found = rounds(client, monotonic=monotonic).first(NEVER)

    assert client.asked == ["nav"]
    assert said(found) == {"nav": Status.UNREADABLE, "kpis": Status.UNREADABLE}
    assert "http://fund.test/state/kpis.json: the connection was refused" in found[1].problem


def test_a_server_that_has_never_answered_is_waited_for_once(monotonic: Any) -> None:
    client = Fake(nav=LATE, kpis=LATE)

    rounds(client, monotonic=monotonic).first(NEVER)

    assert client.asked == ["nav"]


def test_one_document_that_hangs_holds_up_no_other(monotonic: Any) -> None:
    client = Fake(nav={"n": 1}, kpis={"n": 2})
    at_work = rounds(client, monotonic=monotonic)
    at_work.first(NEVER)
    client.answers.update(nav=LATE, kpis={"n": 3})
    monotonic.now += 6
    assert said(at_work.look(NEVER)) == {"nav": Status.UNREADABLE, "kpis": 3.0}

    client.answers["kpis"] = {"n": 4}
    client.again()
    monotonic.now += 10
    at_work.look(NEVER)
    assert client.again() == ["nav"]
    assert said(at_work.look(NEVER)) == {"kpis": 4.0}
    assert client.again() == ["kpis"]


def test_a_torn_document_gets_a_second_chance(monotonic: Any) -> None:
    client = Fake(nav={"n": 1})
    at_work = rounds(client, NAV, monotonic=monotonic)
    at_work.first(NEVER)
    client.answers["nav"] = TORN
    monotonic.now += 6
    assert at_work.look(NEVER) == []
    assert at_work.pause() == pytest.approx(0.25)

    monotonic.now += 0.3
    found = at_work.look(NEVER)
    assert said(found) == {"nav": Status.UNREADABLE}
    assert "not JSON: cut off" in found[0].problem


def test_a_body_of_nothing_is_empty(monotonic: Any) -> None:
    client = Fake(nav={"n": 1})
    at_work = rounds(client, NAV, monotonic=monotonic)
    at_work.first(NEVER)
    client.answers["nav"] = b""
    for _ in range(2):
        monotonic.now += 6
        found = at_work.look(NEVER)

    assert said(found) == {"nav": Status.EMPTY}


def test_a_stop_ends_a_round(monotonic: Any) -> None:
    stop = threading.Event()
    stop.set()
    client = Fake(nav={"n": 1})

    rounds(client, monotonic=monotonic).first(stop)

    assert client.asked == []


# ------------------------------------------------------------------ routes

BOTH = Route(("a", "b"), lambda a, b: {"n": a["n"] + b["n"]})


def test_a_feed_can_be_made_of_several_documents(monotonic: Any) -> None:
    client = Fake(a={"n": 1}, b={"n": 2})
    at_work = rounds(client, NAV, monotonic=monotonic, routes={"nav.json": BOTH})
    assert said(at_work.first(NEVER)) == {"nav": 3.0}

    client.answers["b"] = {"n": 5}
    monotonic.now += 6
    assert said(at_work.look(NEVER)) == {"nav": 6.0}


def test_a_feed_without_a_route_is_missing(monotonic: Any) -> None:
    found = rounds(Fake(), monotonic=monotonic, routes={}).first(NEVER)

    assert said(found) == {"nav": Status.MISSING, "kpis": Status.MISSING}


def test_one_document_serves_several_feeds_with_one_request(monotonic: Any) -> None:
    client = Fake(a={"n": 1})
    routes = {"nav.json": Route(("a",)), "kpis.json": Route(("a",))}

    assert said(rounds(client, monotonic=monotonic, routes=routes).first(NEVER)) == {
        "nav": 1.0,
        "kpis": 1.0,
    }
    assert client.asked == ["a"]


def test_the_worst_of_several_documents_is_told(monotonic: Any) -> None:
    client = Fake(b=LATE, a=HttpError("http://h/a", "404", Status.MISSING))

    found = rounds(client, NAV, monotonic=monotonic, routes={"nav.json": BOTH}).first(NEVER)

    assert said(found) == {"nav": Status.UNREADABLE}


def test_a_document_that_may_be_absent_is_none(monotonic: Any) -> None:
    route = Route(("a",), lambda a, b: a if b is None else b, also=("b",))
    client = Fake(a={"n": 1})
    at_work = rounds(client, NAV, monotonic=monotonic, routes={"nav.json": route})
    assert said(at_work.first(NEVER)) == {"nav": 1.0}

    client.answers["b"] = {"n": 2}
    monotonic.now += 7
    assert said(at_work.look(NEVER)) == {"nav": 2.0}

    client.answers["b"] = LATE
    monotonic.now += 7
    assert said(at_work.look(NEVER)) == {"nav": 2.0}


def test_the_same_trouble_of_several_documents_is_told_once(monotonic: Any) -> None:
    client = Fake(a={"n": 1}, b={"n": 2})
    at_work = rounds(client, NAV, monotonic=monotonic, routes={"nav.json": BOTH})
    at_work.first(NEVER)
    told = []
    for _ in range(4):
        client.answers.update(a=REFUSED, b=REFUSED)
        monotonic.now += 40
        told += at_work.look(NEVER)

    assert said(told) == {"nav": Status.UNREADABLE}
    assert len(told) == 1


def test_a_server_that_is_back_is_asked_for_everything_at_once(monotonic: Any) -> None:
    client = Fake(nav=REFUSED, kpis=REFUSED)
    at_work = rounds(client, monotonic=monotonic)
    at_work.first(NEVER)
    for _ in range(6):
        monotonic.now += 40
        at_work.look(NEVER)

    client.answers.update(nav={"n": 1}, kpis={"n": 2})
    monotonic.now += 40
    found = [*at_work.look(NEVER), *at_work.look(NEVER)]

    assert said(found) == {"nav": 1.0, "kpis": 2.0}


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (EmptyFeed("nothing yet"), Status.EMPTY, "nothing yet"),
        (MalformedFeed("a.b", "no"), Status.MALFORMED, "a.b: no"),
        (KeyError("n"), Status.MALFORMED, "it cannot be made of what was sent: KeyError: 'n'"),
    ],
)
def test_a_route_that_fails_is_a_fault_of_its_feed(
    monotonic: Any, error: Exception, status: Status, words: str
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    routes = {"nav.json": Route(("a",), fail), "kpis.json": Route(("a",))}
    found = rounds(Fake(a={"n": 1}), monotonic=monotonic, routes=routes).first(NEVER)

    assert said(found) == {"nav": status, "kpis": 1.0}
    assert found[0].problem == words


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://h/", "must begin with http"),
        ("http://", "names no host"),
        ("http://h:0/", "port 0"),
        ("http://h:99999/", "no usable address"),
        ("http://[::1/", "no usable address"),
        ("http://a b/", "names no host"),
        ("http://h/?token=secret", "no query"),
        ("http://jo:secret@h/?q", "no query"),
        ("http://jo@h/", "both user and password"),
    ],
)
def test_an_address_that_cannot_work_is_refused_without_its_secrets(url: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        read_base(url, HttpSettings())

    assert "secret" not in str(caught.value)


def test_credentials_in_the_address_become_settings() -> None:
    base = read_base("HTTP://jo:p%40ss@h:8080/state", HttpSettings())

    assert base.url == "http://h:8080/state/"
    assert base.settings.password is not None
    assert (base.settings.user, base.settings.password.reveal()) == ("jo", "p@ss")


@pytest.mark.parametrize("path", ["//elsewhere/x.json", "https://fund.test/x.json", "http://["])
def test_a_feed_never_leads_to_another_server(monotonic: Any, path: str) -> None:
    feed = Feed("odd", number, path=path)
    client = Fake()

    found = rounds(client, feed, monotonic=monotonic).first(NEVER)

    assert said(found) == {"odd": Status.MISSING}
    assert client.asked == []
