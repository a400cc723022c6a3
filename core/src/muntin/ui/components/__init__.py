"""The components of core, made the way a plugin makes its own."""

from __future__ import annotations

from muntin.ui.components.charts import Chart, Embed, Share, Sparkline, StackedBar
from muntin.ui.components.frames import frame
from muntin.ui.components.layout import Stack, side_by_side, stack
from muntin.ui.components.metrics import Metric, Metrics, line, metric, metrics
from muntin.ui.components.notes import Badge, Note, note
from muntin.ui.components.tables import Cell, Column, Row, Table, label, row, table

__all__ = [
    "Badge",
    "Cell",
    "Chart",
    "Column",
    "Embed",
    "Metric",
    "Metrics",
    "Note",
    "Row",
    "Share",
    "Sparkline",
    "Stack",
    "StackedBar",
    "Table",
    "frame",
    "label",
    "line",
    "metric",
    "metrics",
    "note",
    "row",
    "side_by_side",
    "stack",
    "table",
]
