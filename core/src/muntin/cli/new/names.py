"""The names of a new plugin, all made from the one that its author gives."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from muntin.errors import ConfigError
from muntin.pages import RESERVED

#: Characters that a name may have; the page's title, its address and two packages carry it.
LONGEST = 40

_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ _-][A-Za-z0-9]+)*")
#: What every project has beside its own package.
_OURS = frozenset({"muntin", "test", "tests", "conftest", "src", "plugin", "plugins"})


@dataclass(frozen=True, slots=True)
class Names:
    """What a new plugin is called, wherever it needs a name."""

    #: The plugin, its settings table and its feed: a Python name.
    plugin: str
    #: The page's heading.
    title: str
    #: The folder of the project.
    folder: str

    @property
    def slug(self) -> str:
        """The page's address."""
        return self.plugin.replace("_", "-")

    @property
    def package(self) -> str:
        """What is imported."""
        return f"muntin_{self.plugin}"

    @property
    def distribution(self) -> str:
        """What pip installs."""
        return f"muntin-{self.slug}"


def names_of(text: str) -> Names:
    """Return the names made from what an author typed; raise ConfigError saying what is wrong.

    ``fees``, ``my-fees``, ``router_health`` and ``Fee report`` will all do. A distribution's name,
    ``muntin-fees``, stands for its plugin.
    """
    typed = text.strip()
    if not _WORDS.fullmatch(typed):
        raise ConfigError([_not_words(text)])
    plain = re.sub(r"[ -]", "_", typed).lower()
    plugin = plain.removeprefix("muntin_")
    problems = list(_problems(text, plugin))
    if problems:
        raise ConfigError(problems)
    words = re.sub(r"[_-]", " ", typed)[len(plain) - len(plugin) :]
    folder = plugin.replace("_", "-") if " " in typed else typed
    return Names(plugin, words[:1].upper() + words[1:], folder)


def _not_words(text: str) -> str:
    shown = text if text.isprintable() and len(text) <= LONGEST else ascii(text)[:LONGEST]
    return (
        f"{shown!r} is no name for a plugin: use letters a to z, digits, and single spaces,"
        " hyphens or underscores between words, and begin with a letter; such as fees,"
        ' router-health or "Fee report"'
    )


def _problems(text: str, plugin: str) -> Iterator[str]:
    slug = plugin.replace("_", "-")
    if len(plugin) > LONGEST:
        yield f"a plugin's name has at most {LONGEST} characters, this one has {len(plugin)}"
    elif not plugin.isidentifier():
        yield f"{text!r}: what follows muntin must begin with a letter"
    elif slug in RESERVED:
        yield f"{text!r} is reserved: /{slug} is an address of Muntin's own; choose another name"
    elif keyword.iskeyword(plugin) or keyword.issoftkeyword(plugin):
        yield f"{text!r} is a word of the Python language; choose another name"
    elif plugin in sys.stdlib_module_names:
        yield f"{text!r} is a module of Python's standard library; choose another name"
    elif plugin in _OURS:
        yield f"{text!r} is reserved for parts of a project; choose another name"
