"""A template named by the extension, and parts that are put in their places."""

import panel as pn

pn.extension(template="fast")
shown = pn.pane.Markdown("main 0", css_classes=["t-main"])


def tick():
    shown.object = f"main {int(shown.object.split()[1]) + 1}"


pn.state.add_periodic_callback(tick, 300)
shown.servable(title="By the extension")
pn.pane.Markdown("at the side", css_classes=["t-side"]).servable(target="sidebar")
