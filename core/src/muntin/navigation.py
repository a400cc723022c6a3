"""Navigation: which pages a site shows, in which order, with the operator's overrides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from muntin.pages import Page, Panel
from muntin.settings import PageConfig, PanelConfig


def arrange(
    pages: Iterable[Page], overrides: Mapping[str, PageConfig], nav: Iterable[str] = ()
) -> tuple[Page, ...]:
    """Return the pages in the order of the navigation.

    First `nav` decides, in which ``*`` stands for all not named (else they come last), then the
    order, which the operator may override, then the slug. Hidden pages are left out.
    """
    kept = [_overridden(page, overrides.get(page.slug, PageConfig())) for page in pages]
    ranks = {slug: rank for rank, slug in reversed(list(enumerate(nav)))}
    rest = ranks.get("*", len(ranks))
    return tuple(
        sorted(
            (page for page in kept if page is not None),
            key=lambda page: (ranks.get(page.slug, rest), page.order, page.slug),
        )
    )


def _overridden(page: Page, own: PageConfig) -> Page | None:
    if own.hidden:
        return None
    return replace(
        page,
        order=page.order if own.order is None else own.order,
        title=own.title or page.title,
        audience=_audience(page.audience, own.audience),
        panels=tuple(_panels(page.panels, own.panels)),
    )


def _panels(panels: Iterable[Panel], own: Mapping[str, PanelConfig]) -> Iterator[Panel]:
    """Yield the panels that the operator does not hide, in the operator's order."""
    both = [(panel, own.get(panel.slug, PanelConfig())) for panel in panels]
    for panel, word in sorted(both, key=lambda one: 100 if one[1].order is None else one[1].order):
        if not word.hidden:
            audience = _audience(panel.audience, word.audience)
            yield replace(panel, width=word.width or panel.width, audience=audience)


def _audience(
    author: frozenset[str] | None, operator: tuple[str, ...] | None
) -> frozenset[str] | None:
    if operator is None:
        return author
    return None if "*" in operator else frozenset(operator)
