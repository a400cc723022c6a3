"""No template: bound functions, dependencies, reactive expressions, every kind of callback."""

import panel as pn
import param

pn.extension()


class Desk(param.Parameterized):
    count = param.Integer(0)

    @param.depends("count")
    def view(self):
        return pn.pane.Markdown(f"depends {self.count}", css_classes=["t-depends"])


desk = Desk()
bound = pn.pane.Markdown(pn.bind("bound {}".format, desk.param.count), css_classes=["t-bound"])
reactive = pn.rx("rx {}").format(desk.param.count)
loaded = pn.pane.Markdown("not loaded", css_classes=["t-onload"])
later = pn.pane.Markdown("no tick", css_classes=["t-next"])
awaited = pn.pane.Markdown("not awaited", css_classes=["t-async"])
cached = pn.pane.Markdown(f"cached {pn.state.cache.setdefault('n', 7)}", css_classes=["t-cache"])
slider = pn.widgets.IntSlider(label="Size", end=10, css_classes=["t-slider"])
size = pn.pane.Markdown(pn.bind("size {}".format, slider), css_classes=["t-size"])


def tick():
    desk.count += 1


async def wait():
    awaited.object = f"awaited {desk.count}"


pn.state.add_periodic_callback(tick, 200)
pn.state.add_periodic_callback(wait, 300)
pn.state.onload(lambda: loaded.param.update(object="loaded"))
pn.state.execute(lambda: later.param.update(object="next tick"), schedule=True)
pn.Column(
    desk.view,
    bound,
    pn.Column(reactive, css_classes=["t-rx"]),
    loaded,
    later,
    awaited,
    cached,
    slider,
    size,
).servable(title="Plain")
