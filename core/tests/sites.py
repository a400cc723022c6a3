"""Sites of pages made by hand, and a source for them that says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from muntin import Page, SourceKind, hookimpl
from muntin.settings import Config
from muntin.site import Site, build_site


class Still:
    """A source that says nothing; tests publish by themselves."""

    location = "still://here"

    def run(self, feeds: Any, publish: Any, stop: Any) -> None:
        stop.wait()


def no_source(url: str, options: Any) -> Any:
    """Build nothing: the kind is only declared."""


STILL: SourceKind[Any] = SourceKind("still", lambda *_: Still(), "nothing")


def plugin(*pages: Page, kinds: tuple[SourceKind[Any], ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(
        muntin_pages=hookimpl(lambda: pages), muntin_sources=hookimpl(lambda: kinds)
    )


def site(state: str | Path, *pages: Page, config: Config | None = None, **options: Any) -> Site:
    """Return a site of a plugin "x" that has these pages, and these `kinds` of sources."""
    found: Mapping[str, object] = {"x": plugin(*pages, kinds=options.pop("kinds", ()))}
    return build_site(config or Config(), state=str(state), plugins=found, **options)
