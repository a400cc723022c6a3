"""The site: pages in the operator's order, unique feeds, a source that is resolved once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from core.tests.sites import Still, site

from muntin import ConfigError, Feed, Page, Panel, Snapshot, SourceError, SourceKind, hookimpl
from muntin.navigation import arrange
from muntin.settings import Config, PageConfig, PluginsConfig, SiteConfig, load_config
from muntin.site import build_site
from muntin.sources import redacted
from muntin.testing import render, snapshot

NAV: Feed[dict[str, Any]] = Feed("nav", dict, example={"ts": 1764188100, "nav": 1.0})
KPIS: Feed[dict[str, Any]] = Feed("kpis", dict, optional=True)

PAGES = (Page("a", "A", order=3), Page("b", "B", order=2), Page("c", "C", order=1))


def slugs(nav: tuple[str, ...] = (), **overrides: PageConfig) -> str:
    return "".join(page.slug for page in arrange(PAGES, overrides, nav))


# ------------------------------------------------------------------ navigation


def test_pages_stand_by_order_then_slug() -> None:
    assert slugs() == "cba"


@pytest.mark.parametrize(
    ("nav", "order"),
    [
        (("a",), "acb"),
        (("a", "*"), "acb"),
        (("*", "c"), "bac"),
        (("b", "*", "c"), "bac"),
        (("gone", "b", "b", "*"), "bca"),
    ],
)
def test_the_operator_decides_the_navigation(nav: tuple[str, ...], order: str) -> None:
    """Where "*" is missing, all others come last: forgetting a page must not hide it."""
    assert slugs(nav) == order


def test_the_operator_overrides_order_title_and_visibility() -> None:
    pages = arrange(PAGES, {"a": PageConfig(order=0, title="Start"), "c": PageConfig(hidden=True)})

    assert [(page.slug, page.title) for page in pages] == [("a", "Start"), ("b", "B")]


def test_the_operator_overrides_panels_and_audiences(tmp_path: Path) -> None:
    panels = tuple(Panel(title, str) for title in ("One", "Two", "Three", "Four"))
    page = Page("book", "Book", panels, audience=frozenset({"operator"}))
    file = tmp_path / "muntin.toml"
    file.write_text(
        "[page.book]\naudience = ['*']\n"
        "[page.book.panels.three]\norder = 1\nwidth = 6\naudience = ['trader']\n"
        "[page.book.panels.two]\nhidden = true\n"
        "[page.book.panels.threee]\n"
    )
    config = load_config(file, {})

    (made,) = arrange([page], config.page)

    assert made.audience is None
    assert [(panel.slug, panel.width) for panel in made.panels] == [
        ("three", 6), ("one", 12), ("four", 12),
    ]  # fmt: skip
    assert made.panels[0].audience == frozenset({"trader"})
    assert site(tmp_path, page, config=config).notes == (
        "page.book.panels.threee: no such panel, did you mean three?",
    )


def test_a_hidden_page_is_gone_with_its_feeds(tmp_path: Path) -> None:
    page = Page("a", "A", (Panel("P", str, (NAV,)),))
    found = site(tmp_path, page, config=Config(page={"a": PageConfig(hidden=True)}))

    assert found.pages == ()
    assert found.feeds == ()
    assert found.page("a") is None


def test_names_that_nothing_answers_to_are_noted(tmp_path: Path) -> None:
    """They stop nothing: the plugin may be disabled today."""
    config = Config(
        site=SiteConfig(nav=("overvew", "*")),
        plugins=PluginsConfig(disable=("intel",)),
        plugin={"y": {}},
        page={"overvie": PageConfig()},
    )

    assert site(tmp_path, Page("overview", "O"), config=config).notes == (
        "site.nav: there is no page 'overvew', did you mean overview?",
        "page.overvie: there is no such page, did you mean overview?",
        "plugin.y: there is no such plugin",
        "plugins.disable: there is no plugin 'intel'",
    )


def test_strict_refuses_notes_and_failed_plugins(tmp_path: Path) -> None:
    strict = PluginsConfig(strict=True)

    with pytest.raises(ConfigError, match="there is no page 'b'"):
        site(tmp_path, config=Config(site=SiteConfig(nav=("b",)), plugins=strict))
    with pytest.raises(ConfigError, match="plugin 'x' is broken"):
        build_site(Config(plugins=strict), state=str(tmp_path), plugins={"x": object()})


# ------------------------------------------------------------------ feeds


def test_each_feed_comes_once(tmp_path: Path) -> None:
    panels = (Panel("P", str, (NAV,), (KPIS,)), Panel("Q", str, (NAV,)))

    found = site(tmp_path, Page("a", "A", panels), Page("b", "B", panels))

    assert [feed.name for feed in found.feeds] == ["kpis", "nav"]
    assert set(found.store.feeds) == {"kpis", "nav"}


# ------------------------------------------------------------------ sources


def test_a_relative_directory_is_resolved_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F105: what a path means must not change with the working directory."""
    (tmp_path / "state").mkdir()
    monkeypatch.chdir(tmp_path)

    found = site("state")
    monkeypatch.chdir("/")

    assert found.location == str(tmp_path / "state")


def test_a_file_url_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "my state").mkdir()

    assert site(f"file://{tmp_path}/my%20state").location == f"{tmp_path}/my state"


def test_the_argument_goes_before_the_config_and_that_before_state_dir(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    for folder in (one, two, three):
        folder.mkdir()
    env = {"STATE_DIR": str(three)}

    assert site(one, config=Config(state=str(two)), env=env).location == str(one)
    assert site("", config=Config(state=str(two)), env=env).location == str(two)
    assert site("", env=env).location == str(three)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("", "no state is named: give a directory"),
        ("/nowhere", "there is no such directory: /nowhere; name"),
        ("/etc/hostname", "this is no directory: /etc/hostname"),
        ("redis://u:secret@host", "no installed plugin reads redis:// sources; pip install"),
    ],
)
def test_a_state_that_cannot_be_read_is_told_in_a_sentence(state: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        site(state, env={})

    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_url_goes_to_the_plugin_of_its_scheme() -> None:
    asked: list[str] = []

    def build(url: str, options: Mapping[str, Any]) -> Still:
        asked.append(url)
        return Still()

    found = site("Still://there", kinds=(SourceKind("still", build),))

    assert found.location == "still://here"
    assert asked == ["Still://there"]


def _refuse(url: str, options: Mapping[str, Any]) -> Still:
    raise SourceError("no connection to host; is it up?")


def _fail(url: str, options: Mapping[str, Any]) -> Still:
    raise RuntimeError("bug")


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (_refuse, "no connection to host; is it up?"),
        (_fail, "opening still://host failed: RuntimeError: bug"),
        (lambda *_: None, "still:// built a NoneType, no source"),
    ],
)
def test_a_kind_of_source_that_fails_is_told_in_a_sentence(build: Any, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        site("still://user:secret@host?token=secret", kinds=(SourceKind("still", build),))

    assert str(caught.value).startswith(words)
    assert "secret" not in str(caught.value)


def test_a_url_is_shown_without_secrets() -> None:
    assert redacted("s3://key:secret@host/bucket?token=x") == "s3://host/bucket"


# ------------------------------------------------------------------ views


def test_each_call_of_a_hook_or_view_is_told_with_its_plugin_and_time() -> None:
    """A view of an offered panel is that of the plugin that offers it; faults are timed as well."""

    def fails(snapshot: Snapshot) -> None:
        raise ValueError(snapshot)

    class Host:
        @staticmethod
        @hookimpl
        def muntin_pages() -> list[Page]:
            return [Page("host", "Host", (Panel("Own", fails),))]

    class Guest:
        @staticmethod
        @hookimpl
        def muntin_panels() -> list[Panel]:
            return [Panel("Offered", lambda _: "words", page="host")]

    seen: list[tuple[str, str]] = []
    site = build_site(
        Config(), state="/", plugins={"host": Host(), "guest": Guest()},
        on_call=lambda plugin, what, seconds: seen.append((plugin, what)) if seconds >= 0 else None,
    )  # fmt: skip
    render(site.pages[0], snapshot())

    assert {("host", "import"), ("host", "muntin_pages"), ("guest", "muntin_panels")} <= {*seen}
    assert seen[-2:] == [("host", "view host/own"), ("guest", "view host/offered")]


def test_a_view_that_is_timed_still_gets_its_viewer() -> None:
    class Personal:
        @staticmethod
        @hookimpl
        def muntin_pages() -> list[Page]:
            mine = Panel("Mine", lambda _snapshot, viewer: f"for {viewer.name or 'nobody'}")
            return [Page("mine", "Mine", (mine,), scope="private")]

    site = build_site(Config(), state="/", plugins={"p": Personal()}, on_call=lambda *_: None)

    assert render(site.pages[0], snapshot()).text == "for nobody"
