"""Development: a server that starts again, quickly, whenever a file it was made from changes.

Three processes. The supervisor, which is the command itself, owns the address and watches files.
The nursery has imported the heavy libraries, and nothing of Muntin or its plugins; it bears a new
server by fork whenever it is told to. The server adopts the supervisor's listening sockets: while
there is none, the kernel lets browsers wait instead of turning them away.

Whoever loses the process above it ends, so that nothing is left behind.
"""

from __future__ import annotations

from muntin.dev.child import Child
from muntin.dev.supervisor import supervise

__all__ = ["Child", "supervise"]
