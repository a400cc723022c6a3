"""A directory: imports a module of its own, reads a file and shows a picture that lie in it."""

from pathlib import Path

import panel as pn
from goods import GOODS

pn.extension()
pn.Column(
    pn.pane.Markdown(f"sells {GOODS}", css_classes=["t-goods"]),
    pn.pane.Markdown(Path(__file__).with_name("notice.txt").read_text(), css_classes=["t-notice"]),
    pn.pane.HTML('<img src="shop/static/sign.svg" class="t-sign">'),
).servable()
