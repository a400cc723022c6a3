"""The exceptions of Muntin, drawn once.

::

    MuntinError
    ├── MalformedFeed (ValueError)      a document has the wrong shape; names the JSON path
    ├── EmptyFeed (ValueError)          a document says that its producer has nothing to say
    ├── FeedUnavailable (LookupError)   a view asked for a feed that has no value yet
    ├── UndeclaredFeed (LookupError)    a view asked for a feed that its panel does not declare
    ├── SourceError (OSError)           a source cannot run at all
    ├── ConfigError (ValueError)        muntin.toml or an option is wrong; carries every mistake
    └── PluginError                     a plugin cannot be used; carries its name and state
"""

from __future__ import annotations

from collections.abc import Iterable


class MuntinError(Exception):
    """Base of everything that Muntin raises on purpose."""


class MalformedFeed(MuntinError, ValueError):
    """A document does not have the shape its feed declares; `path` says where."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        #: JSON path of the offending place, ``$`` for the root.
        self.path = path
        self.problem = problem


class EmptyFeed(MuntinError, ValueError):
    """A document is well formed, and its producer says in it that it has no data."""


class FeedUnavailable(MuntinError, LookupError):
    """A view asked for the value of a feed that has none."""

    def __init__(self, feed: str, problem: str) -> None:
        super().__init__(f"no value for feed {feed!r}: {problem}")
        self.feed = feed


class UndeclaredFeed(MuntinError, LookupError):
    """A view read a feed that its panel neither needs nor wants."""

    def __init__(self, feed: str) -> None:
        super().__init__(f"feed {feed!r} is not declared; add it to the panel's needs or wants")
        self.feed = feed


class SourceError(MuntinError, OSError):
    """A source cannot be used: what is wrong and what to do, in one sentence."""


class ConfigError(MuntinError, ValueError):
    """One or more settings are wrong; `problems` holds a sentence for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class PluginError(MuntinError):
    """A plugin cannot be used; `state` is ``incompatible`` or ``broken``."""

    def __init__(self, plugin: str, reason: str, state: str = "broken") -> None:
        super().__init__(reason)
        self.plugin = plugin
        self.reason = reason
        self.state = state
