"""Conformance: what every plugin promises, as tests that come with one line.

In a plugin's own tests, in a file such as ``test_conformance.py``::

    from muntin.testing.conformance import *

or from anywhere, without any file: ``pytest --muntin-conform muntin-intel``. The plugin is the
distribution of the nearest ``pyproject.toml``; beside the import may stand
``MUNTIN_PLUGIN = "muntin-intel"``, ``MUNTIN_SETTINGS = {"intel": {...}}`` (as in ``muntin.toml``)
and ``MUNTIN_BUDGET = 2.0`` (CPU seconds for drawing one panel).
"""

from __future__ import annotations

from muntin.testing.conformance.drawing import (
    test_hostile_text_is_inert,
    test_hostile_text_is_inert_in_every_place,
    test_panel_holds_whatever_a_feed_says,
    test_panel_holds_whatever_state_a_feed_is_in,
    test_panel_renders_from_examples,
    test_rendering_stays_within_its_budget,
    test_rendering_touches_no_file_and_no_network,
    test_same_snapshot_gives_the_same_picture,
    test_scripts_of_components_are_declared,
    test_two_pictures_share_nothing,
    test_update_rebuilds_no_models,
)
from muntin.testing.conformance.promises import (
    test_feed_has_an_example_that_parses,
    test_feed_refuses_what_it_cannot_read,
    test_hooks_and_results_are_valid,
    test_pages_and_panels_are_named_well,
    test_settings_have_valid_defaults,
    test_settings_refuse_unknown_keys,
    test_wheel_declares_its_muntin_range,
    test_wheel_ships_py_typed,
)

__all__ = [
    "test_feed_has_an_example_that_parses",
    "test_feed_refuses_what_it_cannot_read",
    "test_hooks_and_results_are_valid",
    "test_hostile_text_is_inert",
    "test_hostile_text_is_inert_in_every_place",
    "test_pages_and_panels_are_named_well",
    "test_panel_holds_whatever_a_feed_says",
    "test_panel_holds_whatever_state_a_feed_is_in",
    "test_panel_renders_from_examples",
    "test_rendering_stays_within_its_budget",
    "test_rendering_touches_no_file_and_no_network",
    "test_same_snapshot_gives_the_same_picture",
    "test_scripts_of_components_are_declared",
    "test_settings_have_valid_defaults",
    "test_settings_refuse_unknown_keys",
    "test_two_pictures_share_nothing",
    "test_update_rebuilds_no_models",
    "test_wheel_declares_its_muntin_range",
    "test_wheel_ships_py_typed",
]
