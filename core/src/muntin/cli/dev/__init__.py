"""Development: a server that restarts within a second whenever a file it depends on changes.

Three processes. The supervisor, which is the command itself, owns the address and watches files.
The fork server has the heavy libraries imported, and nothing of Muntin or its plugins; it forks a
new server for each restart. The server adopts the supervisor's listening sockets: between two
servers the kernel queues connections instead of refusing them.

A process ends when the one above it is gone, so nothing is left behind.
"""

from __future__ import annotations

from muntin.cli.dev.child import Child
from muntin.cli.dev.supervisor import supervise

__all__ = ["Child", "supervise"]
