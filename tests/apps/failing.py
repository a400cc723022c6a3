"""A periodic callback that raises."""

import panel as pn

pn.extension()
shown = pn.pane.Markdown("0", css_classes=["t-count"])


def tick():
    shown.object = str(int(shown.object) + 1)
    if int(shown.object) > 3:
        raise RuntimeError("the exchange is shut")


pn.state.add_periodic_callback(tick, 200)
shown.servable()
