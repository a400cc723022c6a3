"""Everything that touches unpublished names of Bokeh, HoloViews or Tornado, in one place.

Written for Bokeh 3.8 to 3.10, HoloViews 1.21 to 1.23 and Tornado 6.5 to 6.6; a test names the
versions and exercises each function.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent, MessageSentEvent
from bokeh.models import ImportedStyleSheet
from bokeh.protocol import Protocol
from bokeh.protocol.message import Message
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from muntin.live.relay.allowance import GRACE, Allowance, Limits
from muntin.live.relay.frames import BINARY, frame
from muntin.live.threads import separate, separate_holoviews

# Whatever draws imports this module first.
separate()


def body_frames(message: Message[Any]) -> bytes:
    """Return the frames of a message after its header: metadata, content, buffers."""
    parts = [frame(message.metadata_json.encode()), frame(message.content_json.encode())]
    for buffer in message._buffers:
        parts += [frame(json.dumps(buffer.ref).encode()), frame(buffer.to_bytes(), BINARY)]
    return b"".join(parts)


def message_parts(message: Message[Any]) -> list[str | bytes]:
    """Return the fragments of a message, each of which is sent as a WebSocket message."""
    parts: list[str | bytes] = [message.header_json, message.metadata_json, message.content_json]
    for buffer in message._buffers:
        parts += [json.dumps(buffer.ref), buffer.to_bytes()]
    return parts


def patch_message(events: list[DocumentPatchedEvent]) -> Message[Any]:
    """Return one PATCH-DOC message of events."""
    message: Message[Any] = Protocol().create("PATCH-DOC", events)
    return message


def patch_frames(events: list[DocumentPatchedEvent]) -> bytes:
    """Return the frames of one PATCH-DOC message, ready for every socket."""
    message = patch_message(events)
    return frame(message.header_json.encode()) + body_frames(message)


def pull_body(document: Document, **more: Any) -> bytes:
    """Return the frames of a PULL-DOC-REPLY after its header; arrays stand in it as base64.

    `more`, plain JSON, is put beside the document.
    """
    content = json.dumps({"doc": document.to_json(deferred=False), **more})
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


def prepare_holoviews() -> bool:
    """Load HoloViews' Bokeh backend, which ``.opts`` needs, if anything has imported HoloViews.

    Return True if HoloViews is there and ready.
    """
    if "holoviews" not in sys.modules:
        return False
    import holoviews as hv  # waits while another stage is importing it

    # Where two threads import what needs each other, Python hands out what is not whole yet.
    store = getattr(hv, "Store", None)
    if store is None:
        return False
    separate_holoviews()
    with _EXTENDING:
        # To have been imported is not enough: only the extension makes ``hv.opts.Curve``.
        if "bokeh" not in store.loaded_backends() or not hasattr(hv.opts, "Curve"):
            hv.extension("bokeh", logo=False)
    return True


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


class CountedFrames(WebSocketProtocol13):
    """Tornado's side of a WebSocket; counts every frame, reads slower, closes in the end."""

    def __init__(self, handler: Any, params: Any, limits: Limits) -> None:
        super().__init__(handler, False, params)
        self._allowance = Allowance(limits)

    async def _receive_frame(self) -> None:
        before = self._wire_bytes_in
        await super()._receive_frame()
        now = asyncio.get_running_loop().time()
        within = self._allowance.spend(now, units=1, size=self._wire_bytes_in - before)
        pause = self._allowance.pause(full=self.stream._read_buffer_size > 0)
        if not within or pause is None:
            self.close(1008, "too many messages")
            await asyncio.sleep(GRACE)
            self._abort()
        elif pause:
            await asyncio.sleep(pause)


def counted_frames(handler: Any, limits: Limits) -> CountedFrames | None:
    """Return what a Tornado handler speaks with after its handshake, within limits."""
    made: Any = WebSocketHandler.get_websocket_protocol(handler)
    return None if made is None else CountedFrames(handler, made.params, limits)


def localise(document: Document) -> None:
    """Have every style sheet of Panel come from this server; nothing is fetched from elsewhere.

    To be called before new models are sent: what has been sent is not changed by it.
    """
    if "panel.io.resources" not in sys.modules:
        return
    for model in tuple(document.models):
        if isinstance(model, ImportedStyleSheet) and not model.url.startswith("/"):
            # Changed without an event, which may be made only while a session is locked.
            model._property_values["url"] = _local(model.url)


@lru_cache(maxsize=1024)
def _local(url: str) -> str:
    """Return where this server has a file of Panel's distribution; other addresses as they are."""
    from panel.config import config
    from panel.io.resources import BUNDLE_DIR, CDN_DIST, LOCAL_DIST

    for place in (CDN_DIST, LOCAL_DIST):
        if url.startswith(place):
            return f"/{LOCAL_DIST}{url.removeprefix(place)}"
    bundled = url.removeprefix(f"{config.npm_cdn}/")
    if bundled != url and (BUNDLE_DIR / bundled).is_file():
        return f"/{LOCAL_DIST}bundled/{bundled}"
    return url


class LocalProtocol(Protocol):
    """The Bokeh protocol of a session; whatever it sends names style sheets of this server only."""

    def create(self, msgtype: Any, *args: Any, **kwargs: Any) -> Any:  # one for all its overloads
        """Return a message."""
        if msgtype == "PATCH-DOC":
            for document in {event.document for event in args[0]}:
                localise(document)
        elif msgtype == "PULL-DOC-REPLY":
            localise(args[1])
        return super().create(msgtype, *args, **kwargs)


class SessionSocket:
    """What Bokeh's and Panel's servers send through, instead of a Tornado handler.

    `send` takes the fragments of one message and must return at once.
    """

    def __init__(self, send: Callable[[list[str | bytes]], object]) -> None:
        self._send = send
        _register_socket()

    def push(self, message: Message[Any]) -> None:
        """Send a message."""
        self._send(message_parts(message))

    async def send_message(self, message: Message[Any]) -> None:
        """Send a message; the name by which Bokeh asks for it."""
        self.push(message)


def _register_socket() -> None:
    """Have Panel send through our sockets what it does not leave to Bokeh."""
    from panel.io.document import extra_socket_handlers

    extra_socket_handlers.setdefault(SessionSocket, _dispatch)  # type: ignore[arg-type]  # typed for one argument


def _dispatch(connection: Any, events: list[Any] | None = None, msg: Any = None) -> list[Any]:
    """Send events, or a message of Panel's; there is nothing to wait for."""
    if msg is None and events:
        msg = connection.protocol.create("PATCH-DOC", events)
    if msg is not None:
        connection._socket.push(msg)
    return []


def mark_connected(document: Document) -> None:
    """Have Panel send the document's changes from here on; it drops those of `hold` until then."""
    from panel.io.state import state

    state._connected[document] = True


def forget_views(document: Document) -> None:
    """Let go of what Panel keeps, for the whole process, of a document that ends."""
    from panel.io.state import state

    for ref, (view, root, of, _) in list(state._views.items()):
        if of is document:
            view._cleanup(root)
            state._views.pop(ref, None)


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
        ordered = sorted(kinds, key=lambda kind: kind.__module__)
        # A model's scripts need each other in the order in which it names them.
        names += dict.fromkeys(name for kind in ordered for name in _files_of(kind))
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
