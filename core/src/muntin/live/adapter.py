"""Everything that touches unpublished names of Bokeh, HoloViews or Tornado, in one place.

Written for Bokeh 3.8 to 3.10, HoloViews 1.21 to 1.23 and Tornado 6.5 to 6.6; a test names the
versions and exercises each function.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterable
from typing import Any

from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent, MessageSentEvent
from bokeh.models import ImportedStyleSheet
from bokeh.protocol import Protocol
from bokeh.protocol.message import Message

from muntin.live.frames import BINARY, frame


def body_frames(message: Message[Any]) -> bytes:
    """Return the frames of a message after its header: metadata, content, buffers."""
    parts = [frame(message.metadata_json.encode()), frame(message.content_json.encode())]
    for buffer in message._buffers:
        parts += [frame(json.dumps(buffer.ref).encode()), frame(buffer.to_bytes(), BINARY)]
    return b"".join(parts)


def patch_frames(events: list[DocumentPatchedEvent]) -> bytes:
    """Return the frames of one PATCH-DOC message, ready for every socket."""
    message = Protocol().create("PATCH-DOC", events)
    return frame(message.header_json.encode()) + body_frames(message)


def pull_body(document: Document) -> bytes:
    """Return the frames of a PULL-DOC-REPLY after its header; arrays stand in it as base64."""
    content = json.dumps({"doc": document.to_json(deferred=False)})
    return frame(b"{}") + frame(content.encode())


def forget_removed(document: Document) -> None:
    """Let go of models that are no longer in a document; Bokeh keeps new ones until they are sent.

    While nobody looks at a page nothing is sent, so they would add up.
    """
    document.models.flush_synced(lambda model: model.document is document)


def message_event(document: Document, kind: str, data: Any) -> DocumentPatchedEvent:
    """Return the event that hands `data`, plain JSON, to the listeners of `kind` in browsers."""
    return _PlainMessage(document, kind, data)


class _PlainMessage(MessageSentEvent):
    """A message whose data is JSON already: Bokeh need not look for models in it."""

    def to_serializable(self, serializer: Serializer) -> Any:
        """Return the event as Bokeh sends it."""
        del serializer
        return {"kind": self.kind, "msg_type": self.msg_type, "msg_data": self.msg_data}


#: Held while a stage chooses the backend, which takes a moment in which it is half there.
_EXTENDING = threading.Lock()


def prepare_holoviews() -> None:
    """Load HoloViews' Bokeh backend if a plugin has imported HoloViews: ``.opts`` needs it."""
    if "holoviews" not in sys.modules:
        return
    import holoviews as hv  # waits while another stage is importing it

    # Where two threads import what needs each other, Python hands out what is not whole yet.
    store = getattr(hv, "Store", None)
    if store is None:
        return
    with _EXTENDING:
        # To have been imported is not enough: only the extension makes ``hv.opts.Curve``.
        if "bokeh" not in store.loaded_backends() or not hasattr(hv.opts, "Curve"):
            hv.extension("bokeh", logo=False)


def holoviews_plot(pipe_map: Any, document: Document) -> Any:
    """Return the HoloViews plot of a DynamicMap; its ``state`` is the Bokeh figure."""
    import holoviews as hv

    prepare_holoviews()
    plot = hv.renderer("bokeh").get_plot(pipe_map, document)
    plot.document = document
    return plot


def taken_over(handler: Any) -> tuple[socket.socket, bytes]:
    """Take a WebSocket out of Tornado's hands after its handshake.

    Return a socket of its own and what the client has already sent; to Tornado it is closed.
    """
    stream = handler.ws_connection.stream
    early = bytes(stream._read_buffer[: stream._read_buffer_size])
    stream._read_buffer, stream._read_buffer_size = bytearray(), 0
    taken = stream.socket.dup()
    taken.setblocking(False)
    stream.close()
    return taken, early


def localise(document: Document) -> None:
    """Have every style sheet of Panel come from this server; nothing is fetched from elsewhere."""
    resources = sys.modules.get("panel.io.resources")
    if resources is None:
        return
    for model in document.select({"type": ImportedStyleSheet}):
        sheet: Any = model
        if sheet.url.startswith(resources.CDN_DIST):
            sheet.url = "/static/extensions/panel/" + sheet.url.removeprefix(resources.CDN_DIST)


def session_context(server: Any, path: str) -> Any:
    """Return the application context of a path of a BokehTornado: it makes the sessions."""
    return server._applications[path]


def end_session(context: Any, session_id: str) -> None:
    """Have a BokehTornado end a session at its next look; it leaves one with open sockets alone."""
    session = context._sessions.get(session_id)
    if session is not None:
        session.request_expiration()


def bundles_of(models: Iterable[Any]) -> tuple[str, ...]:
    """Return the names of the script bundles that Bokeh models need, ``bokeh`` first.

    A name with a slash is a file of Panel's own distribution, such as the one of Tabulator.
    """
    kinds = {type(model) for model in models}
    modules = {kind.__module__ for kind in kinds}
    names = ["bokeh"]
    panel = any(module.startswith("panel.") for module in modules)
    if panel or any(module.startswith("bokeh.models.widgets") for module in modules):
        names.append("bokeh-widgets")
    if panel or any(module.startswith("bokeh.models.widgets.tables") for module in modules):
        names.append("bokeh-tables")
    if panel:
        names += sorted({name for kind in kinds for name in _files_of(kind)})
        names.append("panel")
    return tuple(names)


def _files_of(kind: type) -> list[str]:
    """Return the scripts that a model of Panel's asks for, as paths in its distribution."""
    resources = sys.modules.get("panel.io.resources")
    if resources is None or not hasattr(kind, "__javascript_raw__"):
        return []
    places = ("static/extensions/panel/", resources.CDN_DIST)
    files = [file for file in resources.bundled_files(kind) if file.startswith(places)]
    return [file.removeprefix(places[0]).removeprefix(places[1]) for file in files]
