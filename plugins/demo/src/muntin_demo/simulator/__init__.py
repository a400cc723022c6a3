"""A simulated crypto fund that writes every state document of the contract in its true shape.

`Fund` is the fund: a market, a book, a router and a desk, advanced by `step`. `Producer` writes
its documents and logs to a directory by a clock. `Chaos` makes some of those writes go wrong.
`document` builds one document without writing it, `DOCUMENTS` names them all, `log_dir` says
where the logs of a state directory are, and `paths` which files are written for one.
"""

from __future__ import annotations

from muntin_demo.simulator.catalogue import DOCUMENTS, document, log_dir
from muntin_demo.simulator.chaos import Chaos
from muntin_demo.simulator.fund import Fund
from muntin_demo.simulator.journal import paths
from muntin_demo.simulator.producer import Producer

__all__ = ["DOCUMENTS", "Chaos", "Fund", "Producer", "document", "log_dir", "paths"]
