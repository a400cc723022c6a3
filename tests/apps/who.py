"""An app whose title says who is looking at it, and which cookies it can read."""

import panel as pn

roles = " ".join((pn.state.user_info or {}).get("roles", []))
cookies = " ".join(sorted(pn.state.cookies))
pn.template.BootstrapTemplate(title=f"looking: {pn.state.user}, {roles}; {cookies}.").servable()
