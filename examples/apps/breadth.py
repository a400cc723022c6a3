"""How many of a hundred names rise: a Parameterized class and reactive expressions.

BootstrapTemplate in its dark theme, made of parts that are put in their places.
"""

import numpy as np
import panel as pn
import param

pn.extension("echarts", template="bootstrap", theme="dark")


class Breadth(param.Parameterized):
    """What the market does as a whole."""

    rising = param.Integer(50, bounds=(0, 100))

    @param.depends("rising")
    def mood(self):
        words = "Most names rise." if self.rising > 50 else "Most names fall."
        return pn.pane.Alert(words, alert_type="success" if self.rising > 50 else "danger")


breadth = Breadth()
rng = np.random.default_rng(4)


def tick():
    breadth.rising = int(np.clip(breadth.rising + rng.integers(-6, 7), 0, 100))


pn.state.add_periodic_callback(tick, period=1000)

pn.indicators.Gauge(
    name="Rising",
    value=breadth.param.rising,
    bounds=(0, 100),
    format="{value} %",
    colors=[(0.5, "#d92d20"), (1, "#12b76a")],
).servable(title="Breadth")
pn.Column(breadth.mood, pn.rx("{} of 100 names rise.").format(breadth.param.rising)).servable()
