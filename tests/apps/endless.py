"""A callback that does not end."""

import time

import panel as pn

pn.extension()


def wait():
    while True:
        time.sleep(0.1)


pn.state.add_periodic_callback(wait, 500, count=1)
pn.pane.Markdown("before").servable()
