"""ReactTemplate, whose scripts Babel makes; scripts and styles that lie in many places."""

import panel as pn
import panel_material_ui as pmui

pn.extension("vega", "echarts")
bars = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"a": "A", "b": 28}, {"a": "B", "b": 55}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "a", "type": "nominal"},
        "y": {"field": "b", "type": "quantitative"},
    },
}
chart = {
    "title": {"text": "echarts"},
    "xAxis": {"data": ["a", "b"]},
    "yAxis": {},
    "series": [{"type": "bar", "data": [1, 2]}],
}
template = pn.template.ReactTemplate(title="Grid")
template.main[0:3, 0:6] = pn.pane.Vega(bars, height=200)
template.main[0:3, 6:12] = pn.pane.ECharts(chart, height=200, width=300)
template.main[3:6, 0:6] = pn.pane.HTML("<p>own</p><script>window.__own = 'ran'</script>")
template.main[3:6, 6:12] = pmui.Typography("material", css_classes=["t-material"])
template.servable()
