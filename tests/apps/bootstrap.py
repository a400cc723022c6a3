"""BootstrapTemplate, with pages of text that come and go."""

import panel as pn

pn.extension()
column = pn.Column("start")
count = 0


def tick():
    global count
    count += 1
    column[:] = [pn.pane.Markdown(f"item {count}", css_classes=["t-item"])]


pn.state.add_periodic_callback(tick, 300)
template = pn.template.BootstrapTemplate(title="Bootstrap")
template.main.append(column)
template.servable()
