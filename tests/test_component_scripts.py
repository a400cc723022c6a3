"""Components with a script: served for good, connected, up to date, and faults stay their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.kit import Server, install, serving

if TYPE_CHECKING:
    from tests.conftest import Opener, Visit

CODE = """
from dataclasses import dataclass
from pathlib import Path
from muntin import Feed, Node, Page, Panel, hookimpl, ui

HERE = Path(__file__)
STEPS = Feed("steps", lambda raw: tuple(raw["steps"]), example={"ts": 1, "steps": ["a"]})

@dataclass(frozen=True)
class Ladder(ui.Component):
    steps: tuple
    script: str

    def render(self, build, key):
        with build.element("div", {"data-script": self.script, "class": self.script[:-3]}):
            for number, step in enumerate(self.steps):
                build.leaf(f"{key}.{number}", "b", step)

def view(script):
    return lambda snapshot: Ladder(snapshot[STEPS], script)

PANELS = (
    Panel("Ladder", view("ladder.js"), (STEPS,), scripts=(HERE.with_name("ladder.js"),)),
    Panel("Broken", view("broken.js"), (STEPS,), scripts=(HERE.with_name("broken.js"),)),
    Panel("Undeclared", view("other.js"), (STEPS,)),
)

@hookimpl
def muntin_pages():
    yield Page("ladder", "Ladder", PANELS)
"""

#: Counts what happens to it, in attributes of its element.
LADDER = """
export function connect(element) {
  element.dataset.connected = "yes";
  const said = document.createElement("output");
  element.append(said);
  const steps = () => [...element.querySelectorAll("b")].map((b) => b.textContent);
  const update = () => { said.textContent = steps().join("+"); };
  update();
  return { update, disconnect() { window.gone = (window.gone ?? 0) + 1; } };
}
"""
BROKEN = "export function connect() { throw new Error('not today'); }\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("ladder")
    install(root / "site", "ladder", CODE)
    (root / "site" / "ladder.js").write_text(LADDER)
    (root / "site" / "broken.js").write_text(BROKEN)
    env = {"PYTHONPATH": str(root / "site")}
    with serving(root / "state", plugins=("ladder",), env=env) as server:
        put(server, "a", "b")
        yield server


def put(server: Server, *steps: str) -> None:
    server.state.put("steps", {"ts": 4e9, "steps": list(steps)})
    server.wait_feed("steps", "skewed")


def modules(server: Server) -> dict[str, Any]:
    text = server.get("/ladder").text
    island = text.partition('id="mu-data">')[2].partition("</script>")[0]
    found: dict[str, Any] = json.loads(island)["modules"]
    return found


def test_a_module_is_served_for_good_at_the_address_of_its_content(server: Server) -> None:
    address = modules(server)["ladder"]["ladder.js"]
    answer = server.get(address)

    assert answer.text == LADDER
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert server.get("/static/0000000000000000/ladder.js").status == 404
    assert server.get(address.replace("ladder.js", "plugin_ladder.py")).status == 404


def test_only_panels_with_scripts_have_modules(server: Server) -> None:
    assert set(modules(server)) == {"ladder", "broken"}


@pytest.fixture
def visit(server: Server, visiting: Opener) -> Visit:
    put(server, "a", "b")
    made = visiting(server, path="/ladder")
    made.wait("document.querySelector('.ladder output')")
    return made


SAID = "document.querySelector('.ladder output').textContent"


@pytest.mark.browser
def test_a_component_is_connected_and_updated(server: Server, visit: Visit) -> None:
    visit.wait(f"{SAID} == 'a+b'")
    put(server, "a", "c")
    visit.wait(f"{SAID} == 'a+c'")

    assert visit.js("window.gone") is None


@pytest.mark.browser
def test_a_panel_of_another_shape_is_connected_anew(server: Server, visit: Visit) -> None:
    put(server, "a", "b", "c")
    visit.wait(f"document.querySelector('.ladder output') && {SAID} == 'a+b+c'")

    assert visit.js("window.gone") == 1


@pytest.mark.browser
def test_a_script_that_fails_marks_its_own_panel(visit: Visit) -> None:
    foot = "document.querySelector('[data-panel={}] [data-foot]').textContent"
    for panel in ("broken", "undeclared"):
        visit.wait(f"document.querySelector('[data-panel={panel}] [data-failed]')")
        assert "a" in str(visit.js(f"document.querySelector('[data-panel={panel}]').innerText"))

    assert "not drawn" not in str(visit.js(foot.format("ladder")))
    assert any("not today" in said for said in visit.console)
    assert any("does not declare other.js in scripts=" in said for said in visit.console)


@pytest.mark.browser
def test_what_a_document_says_stays_text(server: Server, visit: Visit) -> None:
    put(server, "<img src=x onerror=alert(1)>", "b")
    visit.wait(f"{SAID}.includes('onerror')")

    assert visit.js("document.querySelector('.ladder img')") is None
