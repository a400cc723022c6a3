"""Controls that need Python, and controls that a script in the page listens to."""

import panel as pn
import panel_material_ui as pmui

pn.extension()
linked = pn.widgets.TextInput(label="Linked", css_classes=["t-linked"])
echo = pn.widgets.StaticText(css_classes=["t-echo"])
linked.jslink(echo, value="value")
called = pn.widgets.Checkbox(label="Called", css_classes=["t-called"])
called.jscallback(value="window.__called = cb_obj.active")
pn.Column(
    linked,
    echo,
    called,
    pn.widgets.TextInput(label="Python", css_classes=["t-python"]),
    pn.widgets.DiscreteSlider(label="Steps", options=[1, 2, 4]),
    pmui.Button(label="Go"),
    pmui.Chip(label="only shown"),
).servable()
