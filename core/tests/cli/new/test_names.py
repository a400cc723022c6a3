from __future__ import annotations

import pytest

from muntin import ConfigError
from muntin.cli.new import names_of
from muntin.cli.new.create import requirement


@pytest.mark.parametrize(
    ("typed", "plugin", "slug", "title", "folder"),
    [
        ("fees", "fees", "fees", "Fees", "fees"),
        ("my-fees", "my_fees", "my-fees", "My fees", "my-fees"),
        ("router_health", "router_health", "router-health", "Router health", "router_health"),
        ("Fee report", "fee_report", "fee-report", "Fee report", "fee-report"),
        ("  P2P  ", "p2p", "p2p", "P2P", "P2P"),
        ("muntin-fees", "fees", "fees", "Fees", "muntin-fees"),
    ],
)
def test_all_names_are_made_from_one(
    typed: str, plugin: str, slug: str, title: str, folder: str
) -> None:
    names = names_of(typed)

    assert (names.plugin, names.slug, names.title, names.folder) == (plugin, slug, title, folder)
    assert names.package == f"muntin_{plugin}"
    assert names.distribution == f"muntin-{slug}"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "2fees",
        "fees!",
        "a/b",
        "../up",
        "a.b",
        "fées",
        "a--b",
        "-a",
        "a-",
        "a\nb",
        "\x1b[1m",
    ],
)
def test_what_is_no_name_is_told_what_one_is(typed: str) -> None:
    with pytest.raises(ConfigError, match="is no name for a plugin: use letters") as caught:
        names_of(typed)

    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("class", "Python language"),
        ("Match", "Python language"),
        ("json", "standard library"),
        ("operations", "an address of Muntin's own"),
        ("login", "an address of Muntin's own"),
        ("muntin", "reserved"),
        ("tests", "reserved"),
        ("muntin-2", "begin with a letter"),
        ("x" * 41, "at most 40 characters, this one has 41"),
    ],
)
def test_names_with_a_meaning_of_their_own_are_refused(typed: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        names_of(typed)


@pytest.mark.parametrize(
    ("running", "range_"),
    [
        ("0.1.0", ">=0.1,<0.2"),
        ("0.12.3", ">=0.12,<0.13"),
        ("1.4.2", ">=1.4,<2"),
        ("2", ">=2.0,<3"),
        ("0.2.0.dev3", ">=0.2.0.dev3,<0.3"),
        ("1.0rc1+local.7", ">=1.0rc1,<2"),
    ],
)
def test_a_plugin_accepts_the_versions_up_to_the_next_breaking_one(
    running: str, range_: str
) -> None:
    """A pre-release is older than its release, so it is named in full."""
    assert requirement(running) == range_
