"""Does not start."""

import panel as pn

pn.extension()
raise OSError("no key for the exchange")
