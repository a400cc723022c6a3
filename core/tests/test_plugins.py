"""What becomes of plugins, good and broken: none of them may stop the others."""

from __future__ import annotations

import sys
import textwrap
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, replace
from importlib import metadata
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from muntin import ConfigError, Feed, Page, Panel, PluginError, SourceKind, hookimpl
from muntin.plugins import PluginRecord, PluginSet, State, attempt, discover, load
from muntin.plugins._versions import check_requirement

NAV: Feed[dict[str, Any]] = Feed("nav", dict)


def module(name: str = "someone", **content: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(content)
    return made


def adding(*pages: Page) -> ModuleType:
    @hookimpl
    def muntin_pages() -> Iterator[Page]:
        yield from pages

    return module(muntin_pages=muntin_pages)


def nothing() -> list[Any]:
    return []


def loaded(limit: float = 5.0, **plugins: object) -> PluginSet:
    return load(plugins=plugins, discover=False, limit=limit)


def one(target: object, **options: Any) -> PluginRecord:
    (record,) = load(plugins={"someone": target}, discover=False, **options).records
    return record


GOOD = adding(Page("good", "Good", (Panel("A", str, (NAV,)),)))


def beside_good(target: object, **options: Any) -> PluginRecord:
    """Return what becomes of a plugin, having seen that a good one beside it is not harmed."""
    found = load(plugins={"good": GOOD, "someone": target}, discover=False, **options)
    good, record = found.records
    assert good.active
    assert "good" in {page.slug for page in found.pages}
    return record


# ------------------------------------------------------------------ what works


def test_a_good_plugin_is_active_and_adds_its_pages() -> None:
    record = one(GOOD)

    assert record.state is State.ACTIVE
    assert record.reason == ""
    assert [page.slug for page in record.pages] == ["good"]


def test_records_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        one(GOOD).name = "other"  # type: ignore[misc]


def test_two_sets_share_nothing() -> None:
    """Nothing is global: two apps may live in one process."""
    first, second = loaded(good=GOOD), loaded(good=GOOD)

    assert first.manager is not second.manager
    assert first.manager.get_plugin("good") is GOOD


def test_a_plugin_may_be_an_object_with_methods() -> None:
    class Plugin:
        @hookimpl
        def muntin_pages(self, settings: Any) -> list[Page]:
            return [Page("made", "Made")]

    assert one(Plugin()).pages[0].slug == "made"


def test_pages_come_by_order_and_slug_whatever_the_order_of_plugins() -> None:
    found = loaded(
        b=adding(Page("zebra", "Z", order=1), Page("bear", "B", order=5)),
        a=adding(Page("ant", "A", order=5)),
    )

    assert [page.slug for page in found.pages] == ["zebra", "ant", "bear"]


# ------------------------------------------------------------------ filter


def test_a_disabled_plugin_is_not_imported(installed: Any) -> None:
    installed("bad", "raise RuntimeError('imported')")

    (record,) = load(disable=["bad"]).records

    assert (record.state, record.reason) == (State.DISABLED, "listed in plugins.disable")


def test_only_leaves_out_all_others() -> None:
    found = load(plugins={"a": adding(), "b": adding()}, discover=False, only=["a"])

    assert [record.state for record in found.records] == [State.ACTIVE, State.DISABLED]


def test_a_plugin_may_be_disabled_by_the_name_of_its_distribution(installed: Any) -> None:
    installed("bad", "raise RuntimeError", distribution="Muntin_Bad")

    assert load(disable=["muntin-bad"]).records[0].state is State.DISABLED


# ------------------------------------------------------------------ discovery


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a function that installs a distribution with one plugin; no other is installed."""
    before = set(sys.modules)
    hidden = [folder for folder in sys.path if not list(Path(folder).glob("muntin*.dist-info"))]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *hidden])

    def install(
        name: str, code: str = "", distribution: str = "", version: str = "1.2", requires: str = ""
    ) -> Path:
        distribution = distribution or f"muntin-{name}"
        (tmp_path / f"x_{name}.py").write_text(textwrap.dedent(code))
        folder = tmp_path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        headers = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        (folder / "METADATA").write_text(headers + needs + "\nRequires-Dist: nonsense in the text")
        (folder / "entry_points.txt").write_text(
            f"[console_scripts]\nx = y:z\n\n[muntin]\n{name} = x_{name}\n"
        )
        return folder

    yield install
    for name in set(sys.modules) - before:
        del sys.modules[name]


ADDS_A_PAGE = """
    from muntin import Page, hookimpl

    @hookimpl
    def muntin_pages():
        return [Page("{0}", "{0}")]
"""


def test_discovery_reads_metadata_and_imports_nothing(installed: Any, tmp_path: Path) -> None:
    installed("bad", "raise RuntimeError('imported')", requires="muntin>=0.1")

    (found,) = discover([str(tmp_path)])

    assert (found.name, found.distribution, found.version) == ("bad", "muntin-bad", "1.2")
    assert found.module == "x_bad"
    assert found.requires == ("muntin>=0.1",)
    assert "x_bad" not in sys.modules


def test_an_installed_plugin_is_loaded(installed: Any) -> None:
    installed("one", ADDS_A_PAGE.format("one"), requires="muntin>=0.1,<9")

    (record,) = load().records

    assert record.active, record.reason
    assert record.import_seconds > 0


def test_damaged_metadata_of_one_distribution_hides_no_other(
    installed: Any, tmp_path: Path
) -> None:
    installed("one", ADDS_A_PAGE.format("one"))
    for name, content in (("latin", b"[muntin]\n\xff = \xff\n"), ("nothing", b"[muntin]\n=\n[[[")):
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        (folder / "entry_points.txt").write_bytes(content)
    (tmp_path / "empty-1.dist-info").mkdir()

    states = {record.name: record.state for record in load().records}

    assert states["one"] is State.ACTIVE


def test_of_two_installations_of_a_distribution_the_first_on_the_path_counts(
    installed: Any, tmp_path: Path
) -> None:
    """As for an import; the other is often what an editable installation left behind."""
    installed("one", distribution="muntin-one", version="2.0")
    other = tmp_path / "later"
    other.mkdir()
    installed("two", distribution="muntin-one", version="1.0").rename(other / "a-1.0.dist-info")

    assert [one.version for one in discover([str(tmp_path), str(other)])] == ["2.0"]


def test_a_plugin_in_an_archive_is_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "packed.whl", "w") as archive:
        archive.writestr("packed-1.0.dist-info/METADATA", "Name: packed\nVersion: 1.0\n\n")
        archive.writestr("packed-1.0.dist-info/entry_points.txt", "[muntin]\npacked = packed\n")

    assert [one.name for one in discover([str(tmp_path / "packed.whl")])] == ["packed"]


def test_discovery_agrees_with_the_standard_library() -> None:
    """We read metadata by hand, for speed only."""
    expected = {(one.name, one.value) for one in metadata.entry_points(group="muntin")}

    assert {(one.name, one.module) for one in discover()} == expected


def test_paths_that_are_no_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file.zip").write_bytes(b"no archive")

    assert discover([str(tmp_path / "gone"), str(tmp_path / "file.zip")]) == ()


# ------------------------------------------------------------------ compatibility


@pytest.mark.parametrize(
    ("requirement", "running", "fits"),
    [
        ("muntin", "0.1.0", True),
        ("muntin>=0.1,<0.2", "0.1.0", True),
        ("muntin>=0.1.0", "0.1", True),
        ("muntin<0.1.0", "0.1", False),
        ("muntin (>=0.1,<0.2)", "0.2.0", False),
        ("Muntin >= 0.2", "0.1.0", False),
        ("muntin>0.1,<=0.10", "0.10.0", True),
        ("muntin~=0.1.0", "0.1.9", True),
        ("muntin==0.1.*", "0.2", False),
        ("muntin[redis]>=9", "0.1.0", False),
        ("muntin>=0.2", "0.2.dev1", False),
        ("muntin<0.3", "0.2.dev1", True),
        ("muntin>=9; python_version < '3'", "0.1.0", True),
        ("muntin>=9; extra == 'new'", "0.1.0", True),
        ("muntin-overview>=9", "0.1.0", True),
        ("muntin_x>=9", "0.1.0", True),
        ("muntins>=9", "0.1.0", True),
    ],
)
def test_the_requirement_of_muntin_is_checked(requirement: str, running: str, fits: bool) -> None:
    """The one declaration of compatibility is the one that pip reads."""
    if fits:
        check_requirement("x", ["pandas>=99", requirement], running)
    else:
        with pytest.raises(PluginError, match="needs muntin") as caught:
            check_requirement("x", [requirement], running)
        assert caught.value.state == "incompatible"


def test_an_incompatible_plugin_is_not_imported(installed: Any) -> None:
    installed("new", "raise RuntimeError('imported')", requires="muntin>=9,<10")

    (record,) = load().records

    assert record.state is State.INCOMPATIBLE
    assert record.reason == "needs muntin<10,>=9, this is muntin 0.1.0"


def test_an_unreadable_requirement_is_a_reason() -> None:
    with pytest.raises(PluginError, match="cannot be read"):
        check_requirement("x", ["muntin>=>1"], "0.1")


# ------------------------------------------------------------------ broken at import


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise RuntimeError('no luck')", "import failed: RuntimeError: no luck (*x_bad.py:1)"),
        ("import nowhere_at_all", "import failed: ModuleNotFoundError: No module named*"),
        ("import sys\nsys.exit(3)", "import tried to end the program (SystemExit: 3)"),
        ("def f(:", "import failed: SyntaxError: *"),
        ("class E(BaseException): pass\nraise E", "import failed: E (*"),
        ("def f(): f()\nf()", "import failed: RecursionError: *"),
        (
            "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
            "import failed: E: (its text cannot be shown)*",
        ),
        ("x = 1", "has no hooks: mark its functions with @muntin.hookimpl"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_broken(installed: Any, code: str, reason: str) -> None:
    installed("bad", code)
    installed("good", ADDS_A_PAGE.format("good"))

    bad, good = load().records

    assert bad.state is State.BROKEN
    begin, _, end = reason.partition("*")
    assert bad.reason.startswith(begin)
    assert bad.reason.endswith(end.replace("*", ""))
    assert "\n" not in bad.reason
    assert good.active


def test_the_trace_of_a_broken_import_is_kept_for_operators(installed: Any) -> None:
    installed("bad", "raise RuntimeError('no luck')")

    (record,) = load().records

    assert "Traceback" in record.trace
    assert "Traceback" not in repr(record)


def test_a_plugin_that_prints_does_not_spoil_standard_output(
    installed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    installed("loud", "print('hello')\n" + textwrap.dedent(ADDS_A_PAGE.format("loud")))

    (record,) = load().records

    assert record.active
    assert capsys.readouterr() == ("", "hello\n")


def test_a_plugin_that_hangs_at_import_is_left_behind(
    installed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(sys, "muntin_test_release", release, raising=False)
    installed("hangs", "import sys\nsys.muntin_test_release.wait(30)")
    installed("good", ADDS_A_PAGE.format("good"))

    good, hangs = load(limit=0.2).records
    release.set()

    assert good.active
    assert (hangs.state, hangs.reason) == (State.BROKEN, "import took longer than 0.2 s")


def test_an_entry_point_that_names_no_module_is_a_reason(installed: Any, tmp_path: Path) -> None:
    folder = installed("odd")
    (folder / "entry_points.txt").write_text("[muntin]\nodd = no module!\n")

    assert "'no module!' is no module name" in load().records[0].reason


def test_a_plugin_cannot_interrupt_the_program() -> None:
    """A person's Ctrl-C comes to the main thread, and plugins are brought up on another."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(PluginError, match="import failed: KeyboardInterrupt"):
        attempt("x", "import", interrupt)


# ------------------------------------------------------------------ broken hooks


def hook(name: str, function: Any) -> ModuleType:
    return module(**{name: hookimpl(function)})


async def _later() -> list[Page]:
    return []


def _one_and_then_trouble() -> Iterator[Page]:
    yield Page("first", "First")
    raise RuntimeError("halfway")


def _for_ever() -> Iterator[Page]:
    while True:
        yield Page("again", "Again")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (hook("muntin_page", nothing), "muntin_page: no such hook, did you mean muntin_pages?"),
        (
            hook("muntin_pages", lambda setings: []),
            "unknown argument 'setings', did you mean settin",
        ),
        (hook("muntin_sources", lambda settings: []), "unknown argument 'settings', it takes none"),
        (hook("muntin_pages", _later), "muntin_pages: a hook cannot be async"),
        (module(muntin_pages=lambda *_: []), "muntin_pages is not marked with @muntin.hookimpl"),
        (hook("muntin_pages", lambda: None), "muntin_pages returned None; yield each Page, or"),
        (hook("muntin_pages", lambda: 7), "muntin_pages returned a int"),
        (hook("muntin_pages", lambda: "text"), "muntin_pages returned a str"),
        (hook("muntin_pages", lambda: Page("a", "A")), "muntin_pages returned a Page; yield each"),
        (hook("muntin_pages", lambda: [7]), "muntin_pages returned a int where a Page is expected"),
        (hook("muntin_panels", lambda: [Page("a", "A")]), "a Page where a Panel is expected"),
        (hook("muntin_sources", lambda: ["redis"]), "a str where a SourceKind is expected"),
        (hook("muntin_pages", _one_and_then_trouble), "muntin_pages failed: RuntimeError: halfway"),
        (hook("muntin_pages", _for_ever), "muntin_pages returned more than 1000 results"),
        (hook("muntin_pages", lambda: sys.exit(1)), "muntin_pages tried to end the program"),
        (hook("muntin_pages", lambda: [Page("No Slug", "A")]), "muntin_pages failed: ValueError"),
        (
            hook("muntin_pages", lambda: [Page("a", "A", panels=[])]),  # type: ignore[arg-type]
            "panels must be a tuple",
        ),
        (
            hook("muntin_pages", lambda: [Page("a", "A", (Panel("P", str, [NAV]),))]),  # type: ignore[arg-type]
            "needs must be a tuple",
        ),
        (
            hook("muntin_pages", lambda: [Page("a", "A", (SimpleNamespace(slug="x"),))]),  # type: ignore[arg-type]
            "SimpleNamespace is no Panel",
        ),
        (
            adding(Page("a", "A"), Page("a", "B")),
            "page 'a' of plugin 'someone' is already added by",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine")
def test_a_plugin_whose_hooks_are_wrong_is_broken_as_a_whole(target: object, reason: str) -> None:
    """A generator that raises halfway adds nothing: half a plugin is harder to notice than none."""
    record = beside_good(target)

    assert record.state is State.BROKEN
    assert reason in record.reason
    assert record.pages == ()


def test_hook_wrappers_are_refused() -> None:
    """They could change what other plugins add."""
    record = beside_good(module(muntin_pages=hookimpl(wrapper=True)(_one_and_then_trouble)))

    assert record.reason == "muntin_pages: wrappers are not supported"


def test_every_mistake_in_the_hooks_is_named_at_once() -> None:
    record = one(module(muntin_page=hookimpl(nothing), muntin_panel=hookimpl(nothing)))

    assert "muntin_pages?" in record.reason
    assert "muntin_panels?" in record.reason


def test_a_hook_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    record = beside_good(hook("muntin_pages", lambda: release.wait(30)), limit=0.2)
    release.set()

    assert record.reason == "muntin_pages took longer than 0.2 s"


# ------------------------------------------------------------------ clashes


def test_of_two_pages_with_one_slug_the_later_loses_and_both_owners_are_named() -> None:
    found = loaded(a=adding(Page("nav", "Of a")), b=adding(Page("nav", "Of b"), Page("b", "B")))

    assert [page.title for page in found.pages] == ["Of a"]
    assert found.records[1].state is State.BROKEN
    assert found.records[1].reason == "page 'nav' of plugin 'b' is already added by plugin 'a'"


def test_owners_are_named_with_their_distributions(installed: Any) -> None:
    installed("a", ADDS_A_PAGE.format("nav"))
    installed("b", ADDS_A_PAGE.format("nav"))

    assert load().records[1].reason == (
        "page 'nav' of plugin 'b' (muntin-b 1.2) is already added by plugin 'a' (muntin-a 1.2)"
    )


def test_feeds_of_one_name_must_describe_one_document() -> None:
    other: Feed[Any] = Feed("nav", dict, late_after=1.0)
    found = loaded(
        a=adding(Page("a", "A", (Panel("P", str, (NAV,)),))),
        b=adding(Page("b", "B", (Panel("P", str, (other,)),))),
    )

    assert found.records[1].state is State.BROKEN
    assert found.records[1].reason == (
        "feed 'nav' of plugin 'b' differs from that of plugin 'a': late_after"
    )


def test_feeds_of_one_name_may_have_their_own_parsers() -> None:
    same: Feed[list[Any]] = Feed("nav", list)
    found = loaded(
        a=adding(Page("a", "A", (Panel("P", str, (NAV,)),))),
        b=adding(Page("b", "B", (Panel("P", str, (same,)),))),
    )

    assert not found.failed


def test_a_scheme_has_one_owner() -> None:
    def kind() -> ModuleType:
        return hook("muntin_sources", lambda: [SourceKind("redis", lambda *_: None)])

    found = loaded(a=kind(), b=kind())

    assert found.records[1].reason == "source 'redis' of plugin 'b' is already added by plugin 'a'"
    assert list(found.sources) == ["redis"]


def test_core_keeps_its_own_scheme() -> None:
    record = one(hook("muntin_sources", lambda: [SourceKind("FILE", lambda *_: None)]))

    assert record.reason == "source 'file' of plugin 'someone' is already added by muntin itself"


def test_a_module_is_one_plugin_only() -> None:
    found = loaded(a=GOOD, b=GOOD)

    assert [record.state for record in found.records] == [State.ACTIVE, State.BROKEN]


def test_of_two_plugins_with_one_name_the_later_loses(installed: Any) -> None:
    installed("same", ADDS_A_PAGE.format("same"))

    found = load(plugins={"same": GOOD})

    assert [record.state for record in found.records] == [State.ACTIVE, State.BROKEN]


def test_the_owner_of_a_page_is_known() -> None:
    found = loaded(good=GOOD)

    assert found.owner_of("good") == found.records[0]
    assert found.owner_of("gone") is None


def test_the_page_of_a_broken_plugin_is_free_for_another() -> None:
    broken = hook("muntin_pages", _one_and_then_trouble)

    assert not loaded(a=broken, b=adding(Page("first", "First"))).records[1].failed


# ------------------------------------------------------------------ offered panels


def offering(*panels: Panel) -> ModuleType:
    return hook("muntin_panels", lambda: panels)


def test_an_offered_panel_joins_its_page() -> None:
    found = loaded(a=offering(Panel("Extra", str, page="good")), good=GOOD)

    assert [panel.title for panel in found.pages[0].panels] == ["A", "Extra"]
    assert found.records[1].pages[0].panels[-1].title == "A"


@pytest.mark.parametrize(
    ("panel", "note"),
    [
        (Panel("X", str, page="god"), "panel 'X' is not shown: no page 'god', did you mean good?"),
        (Panel("X", str), "panel 'X' is not shown: no page named"),
        (Panel("a", str, page="good"), "panel 'a' is not shown: 'good' has one of that title"),
    ],
)
def test_a_panel_that_finds_no_place_leaves_a_note(panel: Panel, note: str) -> None:
    """Its plugin stays active: the page may be of a plugin that is not installed."""
    record = beside_good(offering(panel))

    assert record.active
    assert record.reason == note


# ------------------------------------------------------------------ settings


@dataclass(frozen=True)
class Window:
    seconds: int = 60


@dataclass(frozen=True)
class Settings:
    title: str
    window: Window = Window()
    tags: tuple[str, ...] = ()


def test_a_plugin_gets_its_own_settings() -> None:
    seen: list[Any] = []

    def pages(settings: Settings) -> list[Page]:
        seen.append(settings)
        return []

    target = module(Settings=Settings, muntin_pages=hookimpl(pages))
    table = {"title": "T", "window": {"seconds": 5}, "tags": ["a"]}

    record = one(target, settings={"someone": table})

    assert record.active, record.reason
    assert seen == [Settings("T", Window(5), ("a",))] == [record.settings]


def test_settings_that_all_have_defaults_need_no_table() -> None:
    record = one(module(Settings=Window, muntin_pages=hookimpl(nothing)))

    assert record.settings == Window()


def test_settings_whose_defaults_raise_break_the_plugin() -> None:
    @dataclass(frozen=True)
    class Trouble:
        when: int = 0

        def __post_init__(self) -> None:
            raise RuntimeError("no defaults")

    record = beside_good(module(Settings=Trouble, muntin_pages=hookimpl(nothing)))

    assert record.reason.startswith("settings failed: RuntimeError: no defaults")


def test_settings_are_none_for_a_plugin_without() -> None:
    def pages(settings: object) -> list[Page]:
        return [Page("none", str(settings))]

    assert one(hook("muntin_pages", pages)).pages[0].title == "None"


@pytest.mark.parametrize(
    ("table", "reasons"),
    [
        ({}, ["plugin.someone.title: required, but not given"]),
        ({"title": 1}, ["plugin.someone.title: should be a valid string"]),
        (
            {"title": "T", "windw": 1, "window": {"secnds": 1}},
            [
                "plugin.someone.windw: unknown, did you mean window?",
                "plugin.someone.window.secnds: unknown, did you mean seconds?",
            ],
        ),
        (
            {"title": "T", "window": {"seconds": "12"}},
            ["plugin.someone.window.seconds: should be a valid integer"],
        ),
    ],
)
def test_wrong_settings_break_the_plugin_and_name_every_mistake(
    table: dict[str, Any], reasons: list[str]
) -> None:
    """Types are strict, and unknown names are refused at any depth."""
    target = module(Settings=Settings, muntin_pages=hookimpl(nothing))

    record = beside_good(target, settings={"someone": table})

    assert record.state is State.BROKEN
    assert record.reason.split("; ") == reasons


def test_settings_for_a_plugin_that_has_none_are_a_mistake() -> None:
    record = beside_good(adding(), settings={"someone": {"window": 1}})

    assert record.reason == "plugin.someone: this plugin has no settings"


@dataclass
class Loose:
    window: int = 1


@pytest.mark.parametrize("wrong", [Loose, dict, 7])
def test_a_settings_class_must_be_a_frozen_dataclass(wrong: object) -> None:
    target = module(Settings=wrong, muntin_pages=hookimpl(nothing))

    assert "frozen" in beside_good(target).reason


# ------------------------------------------------------------------ strict


def test_strict_names_every_plugin_that_failed() -> None:
    found = loaded(a=GOOD, b=hook("muntin_pages", lambda: None), c=module(), d=adding())

    with pytest.raises(ConfigError) as caught:
        found.require_all()

    assert len(caught.value.problems) == 2
    assert caught.value.problems[1].startswith("plugin 'c' is broken: has no hooks")


def test_strict_does_not_mind_disabled_plugins() -> None:
    load(plugins={"a": module()}, discover=False, disable=["a"]).require_all()


def test_json_has_state_and_status() -> None:
    found = replace(one(GOOD), version="1.0", distribution="x").as_json()

    assert found == {
        "name": "someone",
        "distribution": "x",
        "version": "1.0",
        "state": "active",
        "status": "active",
        "reason": "",
        "pages": ["good"],
    }
