"""Plugins that are broken in every way there is; `test_broken_plugins.py` installs them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.wheels import Made

#: Stands in every exception and must never reach a viewer.
SECRET = "hunter2-of-the-plugin"

_HOOK = "from muntin import Page, Panel, hookimpl\n@hookimpl\ndef muntin_pages(settings):\n"


@dataclass(frozen=True, slots=True)
class Refused:
    """A plugin that is not used: its source, its state, and what its reason says."""

    source: str
    reason: str
    state: str = "broken"
    requires: str = "muntin>=0.1,<0.2"


#: None of these has a page. What is contained is the plugin as a whole.
REFUSED = {
    "raises_at_import": Refused(f"raise RuntimeError('{SECRET}')", "import failed: RuntimeError"),
    "not_installed": Refused("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
    "syntax": Refused("def f(:", "import failed: SyntaxError"),
    "exits_at_import": Refused("import sys; sys.exit(3)", "tried to end the program"),
    "interrupts": Refused("raise KeyboardInterrupt", "import failed: KeyboardInterrupt"),
    "wrong_hook": Refused(
        _HOOK.replace("muntin_pages", "muntin_pagse") + "    return []",
        "muntin_pagse: no such hook, did you mean muntin_pages?",
    ),
    "wrong_signature": Refused(
        _HOOK.replace("settings", "config") + "    return []", "unknown argument 'config'"
    ),
    "returns_none": Refused(_HOOK + "    pass", "muntin_pages returned None"),
    "wrong_type": Refused(_HOOK + "    return ['page']", "a str where a Page is expected"),
    "raises_halfway": Refused(
        _HOOK + f"    yield Page('halfway', 'Half')\n    raise ValueError('{SECRET}')",
        "muntin_pages failed: ValueError",
    ),
    "exits_in_hook": Refused(_HOOK + "    import os, sys\n    sys.exit(0)", "tried to end the"),
    "endless": Refused(
        _HOOK + "    while True:\n        yield Page('endless', 'Endless')",
        "returned more than 1000 results",
    ),
    "same_slug": Refused(
        _HOOK + "    yield Page('good', 'Mine now')", "page 'good' of plugin 'same_slug'"
    ),
    "wrong_settings": Refused(
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Settings:\n"
        "    width: int = 1\n" + _HOOK + "    return []",
        "plugin.wrong_settings.widht: unknown, did you mean width?",
    ),
    "too_new": Refused(
        _HOOK + "    return []", "this is muntin", "incompatible", "muntin>=99,<100"
    ),
}

_PAGE = """
import builtins, os, sys, threading, time
from muntin import Feed, Page, Panel, hookimpl, ui

SWITCH = Feed("switch", lambda raw: dict(raw), example={"updated_ts": 0})
KEPT = []

def bad(snapshot):
%s

def sound(snapshot):
    return f"n is {snapshot[SWITCH]['n']}"

@hookimpl
def muntin_pages(settings):
    panels = (Panel("Bad", bad, needs=(SWITCH,)), Panel("Sound", sound, needs=(SWITCH,)))
    yield Page(SLUG, SLUG, panels)
"""

#: The body of a view, by the plugin's name. Each has a page of its own, with a sound panel beside.
VIEWS = {
    "raises_at_first": f"raise ValueError('{SECRET}')",
    "raises_later": (
        f"if snapshot[SWITCH]['n'] > 100: raise KeyError('{SECRET}')\nreturn 'it was good'"
    ),
    "hangs": "if snapshot[SWITCH]['n'] > 100: threading.Event().wait(3600)\nreturn 'not yet'",
    "slow": "time.sleep(0.5)\nreturn sound(snapshot)",
    "fifty_megabytes": f"return '{SECRET}' * 2_400_000",
    "fifty_megabytes_of_chart": (
        "from bokeh.plotting import figure\n"
        "return ui.Chart(figure, {'d': {'x': range(4_000_000), 'y': range(4_000_000)}}, 'c')"
    ),
    "leaks": (
        "from bokeh.plotting import figure\nKEPT.append(bytearray(1_000_000))\n"
        "return ui.Chart(lambda: figure(), {}, 'made anew every time')"
    ),
    "exits_in_view": f"sys.exit('{SECRET}')",
    "interrupts_in_view": "raise KeyboardInterrupt",
    "recurses": "return bad(snapshot)",
    "unspeakable": (
        f"class Odd(Exception):\n    def __str__(self): raise RuntimeError('{SECRET}')\nraise Odd"
    ),
    "prints": "print('{\"printed\": 1}', flush=True)\nreturn 'printed'",
    "writes_state": (
        "with open(os.environ['TEST_STATE'] + '/unknown.json', 'w') as file: file.write('{\"a\"')\n"
        "return 'written'"
    ),
    "uses_pandas": "import pandas as pd\nreturn pd.DataFrame({'a': [1]})",
    "changes_pandas": "return 'changed'",
}

#: Before the rest of a module.
_HEADS = {
    "changes_pandas": (
        "import pandas\n"
        f"def broken(*args, **kwargs):\n    raise RuntimeError('{SECRET}')\n"
        "pandas.DataFrame.__init__ = broken\n"
    ),
    "prints": "print('{\"printed\": 2}')\n",
}

GOOD = _PAGE.replace("%s", "    return f\"good {snapshot[SWITCH]['n']}\"").replace("SLUG", '"good"')


def _view(name: str) -> str:
    body = "".join(f"    {line}\n" for line in VIEWS[name].splitlines())
    slug = name.replace("_", "-")
    return _HEADS.get(name, "") + (_PAGE % body).replace("SLUG", f'"{slug}"')


#: Every plugin there is, the good one among them: its name comes first, so its page is its own.
PLUGINS = (
    Made("a_good_one", GOOD),
    *(Made(name, one.source, one.requires) for name, one in REFUSED.items()),
    *(Made(name, _view(name)) for name in VIEWS),
)
