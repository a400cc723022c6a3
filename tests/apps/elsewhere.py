"""An app that would take a script from another host."""

import panel as pn

pn.extension()
pn.pane.HTML("<p>own</p><script src='https://other.invalid/a.js'></script>").servable()
