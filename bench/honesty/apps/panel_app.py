"""The Overview's figures in Panel: a periodic callback, an alert for errors, and its notices."""

from __future__ import annotations

import sys
from pathlib import Path

import panel as pn
from bench.honesty.apps.common import figures

STATE = Path(sys.argv[1])

pn.extension(disconnect_notification="Connection lost", notifications=True)

labels = {name: pn.pane.Str() for name in figures(STATE)}
alert = pn.pane.Alert("", alert_type="danger", visible=False)


def refresh() -> None:
    """Show what the files hold, or the error that prevents it."""
    try:
        found = figures(STATE)
    except Exception as error:  # noqa: BLE001  # whatever reading raises is shown
        alert.param.update(object=f"error: {type(error).__name__}: {error}", visible=True)
        return
    alert.visible = False
    for name, (label, text, caption) in found.items():
        labels[name].object = f"{label}\n{text}\n{caption}"


refresh()
pn.state.add_periodic_callback(refresh, period=1000)
pn.Column(alert, pn.Row(*labels.values())).servable(title="Overview")
