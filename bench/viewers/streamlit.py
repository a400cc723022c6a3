"""Comes in where Streamlit's protocol is spoken: a WebSocket with protobuf, reruns by the viewer.

The browser is told how often to rerun a fragment, and asks for it each time; so do these.
"""

from __future__ import annotations

import asyncio
from random import Random

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.viewers.pages import Refused, fetch
from bench.viewers.socket import BINARY, Heard, Viewer, connect


class _Welcome:
    """Reads the first run of the script: what to rerun, how often, and when it was finished."""

    def __init__(self, heard: Heard) -> None:
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.page, self.fragment, self.interval = "", "", 0.0
        self._heard = heard

    def __call__(self, viewer: Viewer, payload: bytes, at: float) -> None:
        """Take a message."""
        message = ForwardMsg.FromString(payload)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
        elif kind == "auto_rerun":
            self.fragment = message.auto_rerun.fragment_id
            self.interval = message.auto_rerun.interval
        elif kind == "script_finished" and not self.finished.done():
            self.finished.set_result(None)
        self._heard(viewer, payload, at)


async def join(port: int, heard: Heard, random: Random) -> Viewer:
    """Return a viewer whose page was drawn once and who asks for the fragment from now on."""
    await fetch(port, "/")
    welcome = _Welcome(heard)
    viewer = await connect(port, "/_stcore/stream", welcome, "streamlit")
    first = BackMsg()
    first.rerun_script.query_string = ""
    viewer.send(first.SerializeToString(), BINARY)
    try:
        await asyncio.wait_for(welcome.finished, 30)
    except (TimeoutError, asyncio.CancelledError):
        viewer.close()
        raise
    if not welcome.fragment:
        viewer.close()
        raise Refused("no fragment that reruns by itself")
    viewer.heard = heard
    _rerun(viewer, welcome, random.random())
    return viewer


def _rerun(viewer: Viewer, welcome: _Welcome, phase: float) -> None:
    """Ask for the fragment every `interval`, as the browser's timer does."""
    again = BackMsg()
    again.rerun_script.fragment_id = welcome.fragment
    again.rerun_script.page_script_hash = welcome.page
    again.rerun_script.is_auto_rerun = True
    request, loop = again.SerializeToString(), asyncio.get_running_loop()

    def ask(due: float) -> None:
        if not viewer.closed:
            viewer.send(request, BINARY)
            loop.call_at(due + welcome.interval, ask, due + welcome.interval)

    # Whoever joined together in a bench would ask together for ever; people do not.
    first = loop.time() + phase * welcome.interval
    loop.call_at(first, ask, first)
