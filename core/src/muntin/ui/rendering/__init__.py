"""From components to HTML: fragments of leaves and markup, and the builder that makes them."""

from __future__ import annotations

from muntin.ui.rendering.builder import Component, FragmentBuilder, fragment
from muntin.ui.rendering.fragments import Fragment, Leaf, LeafChange, Slot, quote
from muntin.ui.rendering.leaves import Look, origin, value_leaf
from muntin.ui.rendering.rows import Rows, data_cell

__all__ = [
    "Component",
    "Fragment",
    "FragmentBuilder",
    "Leaf",
    "LeafChange",
    "Look",
    "Rows",
    "Slot",
    "data_cell",
    "fragment",
    "origin",
    "quote",
    "value_leaf",
]
