"""MaterialTemplate: a Bokeh figure that streams, and components with scripts of their own."""

import panel as pn
import param
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from panel.custom import JSComponent
from panel.reactive import ReactiveHTML

pn.extension()


class Counter(JSComponent):
    value = param.Integer(0)
    _esm = """
    export function render({ model }) {
      const el = document.createElement("b");
      el.className = "t-component";
      const show = () => { el.textContent = `component ${model.value}`; };
      model.on("value", show);
      show();
      return el;
    }
    """


class Html(ReactiveHTML):
    value = param.Integer(0)
    _template = '<i id="shown" class="t-reactive">reactive ${value}</i>'


source = ColumnDataSource({"x": [0], "y": [0]}, name="streamed")
plot = figure(height=200)
plot.line("x", "y", source=source)
component, html = Counter(), Html()


def tick():
    component.value += 1
    html.value += 1
    source.stream({"x": [component.value], "y": [component.value % 5]}, rollover=100)


pn.state.add_periodic_callback(tick, 250)
pn.template.MaterialTemplate(
    title="Material", main=[pn.pane.Bokeh(plot), component, html]
).servable()
