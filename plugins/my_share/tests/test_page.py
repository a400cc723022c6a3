from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from share_kit import PAGE, register, row, state  # type: ignore[import-not-found]  # beside this file

import muntin_my_share
from muntin import Status, Viewer
from muntin.testing import Rendered, reading, render, snapshot
from muntin_my_share import INVESTORS, NAV

See = Callable[..., Rendered]

#: Figures of which no two holders have one in common, to be looked for on the pages of others.
HOLDERS = {
    "ada": row("ada", 411.25, ("2024-03-05", 3911.5), name="Ada Quux"),
    "ben": row("ben", 277.5, ("2023-07-09", 2888.75), name="Ben Zorp"),
    "mallory": row("mallory", 105.125, ("2025-02-11", 1234.0), name="M. Wibble"),
}


def facts(who: str) -> Iterator[str]:
    """Yield everything that identifies a holder, as a document and as a page write it."""
    held = HOLDERS[who]
    yield from (who, held["name"], f"{held['units']}", held["flows"][0]["ts"])
    amount = held["flows"][0]["amount"]
    yield from (f"{amount}", f"{amount:,.2f}")
    yield from (
        render(PAGE, state(register(*HOLDERS.values())), Viewer(who)).metrics[name].value
        for name in ("value", "share", "gain", "mwr")
    )


def everything(shown: Rendered) -> str:
    """Return all that is made for a viewer: markup and the data of charts."""
    return shown.html + json.dumps(shown.data) + json.dumps(shown._document.to_json(deferred=False))


@pytest.mark.parametrize("who", [*HOLDERS, "eve", ""])
def test_nothing_made_for_one_holder_has_anything_of_another(see: See, who: str) -> None:
    made = everything(see(who, register(*HOLDERS.values())))

    for other in HOLDERS.keys() - {who}:
        assert [fact for fact in facts(other) if fact in made] == []
    assert who not in HOLDERS or all(fact in made for fact in facts(who))


def test_nobody_signed_in_is_asked_to_sign_in(see: See) -> None:
    shown = see("", register(row("", 5.0), *HOLDERS.values()))

    assert "Nobody is signed in here, so there is no share to show." in shown.text
    assert shown.metrics == {}


def test_somebody_not_in_the_register_is_told_so(see: See) -> None:
    assert "eve is not in the fund's register" in see("eve", register(*HOLDERS.values())).text


def test_two_rows_of_one_holder_are_a_contradiction(see: See) -> None:
    shown = see("ada", register(row("ada", 4.0), row("ada", 5.0), units_total=20))

    assert "more than one row for you" in shown.text
    assert shown.metrics == {}


def test_a_claim_says_which_holder_a_viewer_is(see: See) -> None:
    shown = see("someone@example.org", register(*HOLDERS.values()), holder="ada")

    assert shown.metrics["holder"].text == "Ada Quux"


@pytest.mark.parametrize("claim", [None, "", 7, ["ada"], {"ada": 1}])
def test_a_claim_that_is_no_name_stands_for_nobody(see: See, claim: Any) -> None:
    assert see("ada", register(*HOLDERS.values()), holder=claim).metrics == {}


def test_without_a_register_no_share_is_known(see: See) -> None:
    assert "no share is known" in see("ada", snapshot(NAV)).text


def test_a_register_that_breaks_keeps_its_last_shares(see: See) -> None:
    torn = reading(INVESTORS, Status.UNREADABLE, register(*HOLDERS.values()), kept=True)
    shown = see("ada", snapshot({INVESTORS: torn, NAV: NAV.example})).metrics

    assert shown["units"].text == "411.25"
    assert shown["value"].status == "unreadable"


def test_an_update_changes_leaves_and_builds_nothing_anew() -> None:
    shown = render(PAGE, state(register(*HOLDERS.values())), Viewer("ada"))
    done = shown.update(state(register(*HOLDERS.values()), 10_600.0))

    assert (done.models_rebuilt, done.panels) == (0, ())
    assert done.leaves > 3


def test_the_page_is_private_and_for_investors() -> None:
    assert (PAGE.slug, PAGE.scope, PAGE.audience) == ("my-share", "personal", {"investor"})
    assert all(panel.personal for panel in PAGE.panels)


def test_every_figure_names_its_document_and_path(see: See) -> None:
    for one in see("ada", register(*HOLDERS.values())).metrics.values():
        assert one.feed in {"nav", "investors"}
        assert one.path


def test_the_payments_are_a_table_and_a_chart_with_words(see: See) -> None:
    flow = {"ts": "2025-01-02T10:30:00Z", "amount": -50.0, "units": -5.0}
    shown = see("ada", register({**HOLDERS["ada"], "flows": [flow, *HOLDERS["ada"]["flows"]]}))

    assert shown.table.values.tolist() == [
        ["2024-03-05", "paid in", "3,911.50", "–", "–"],
        ["2025-01-02 10:30", "paid out", "−50.00", "−5", "10.0000"],
    ]
    assert shown.data["my_payments"]["usd"] == [3911.5, 3861.5, 3861.5]


def test_the_nav_is_described_as_other_plugins_describe_it() -> None:
    """Two plugins may read one document only if they agree about it."""
    assert (NAV.path, NAV.as_of[0], NAV.late_after, NAV.stale_after) == (
        "nav.json",
        "updated_ts",
        180,
        600,
    )


def test_importing_the_plugin_loads_nothing_heavy() -> None:
    code = (
        "import sys, muntin_my_share;"
        "print([m for m in ('bokeh', 'panel', 'holoviews', 'pandas', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
    assert all(hasattr(muntin_my_share, name) for name in muntin_my_share.__all__)


@pytest.mark.parametrize(
    "text",
    ["<script>x</script>", "<img src=x onerror=x>", '" onmouseover="x', "'; x //", "a\n\x1bb"],
)
def test_a_name_is_text_wherever_it_stands(see: See, text: str) -> None:
    held = row(text, 4.0, (text, 1.0), ("2025-01-02", 4.0), name=text, currency=text)
    for made in (see(text, register(held, currency=text)), see(text, register())):
        assert not any(part in made.html for part in ("<script", "<img", '" onmouseover'))
        assert " ".join(text.replace("\x1b", "\ufffd").split()) in made.text.replace(
            "\x1b", "\ufffd"
        )
