"""What running a whole Panel app takes of unpublished names: the other half of the one adapter.

Written for Panel 1.9 and Bokeh 3.9; a test names the versions and exercises each function.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas  # noqa: ICN001, F401  # Bokeh uses what of it another app has imported by then
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent
from bokeh.events import DocumentReady
from bokeh.server.contexts import ApplicationContext
from bokeh.util.token import generate_jwt_token, generate_session_id


class _Subscriber:
    """Takes what a session would send to a browser; Panel also asks it for socket and protocol."""

    def __init__(self, take: Callable[[DocumentPatchedEvent], None]) -> None:
        self.take = take
        self._socket = self.protocol = self

    def send_patch_document(self, event: DocumentPatchedEvent) -> Awaitable[None]:
        """Take a change at once, so that one made before a callback fails is not lost."""
        self.take(event)
        return _nothing()

    def create(self, kind: str, events: list[DocumentPatchedEvent]) -> Any:
        """Return the changes as they are, for they are encoded together."""
        return SimpleNamespace(kind=kind, events=events)


async def _nothing() -> None:
    """Stand in for a message that has been sent."""


def _take_unlocked(
    subscriber: Any, events: Iterable[DocumentPatchedEvent] = (), msg: Any = None
) -> Any:
    """Take the changes that Panel writes to sockets by itself."""
    for event in events if msg is None else msg.events:
        subscriber.take(event)
    return []


async def open_session(
    application: Any, take: Callable[[DocumentPatchedEvent], None], slug: str
) -> Any:
    """Return a session of a Panel application whose document is made, on the running event loop.

    `take` is called with every change from then on, on the thread of the loop.
    """
    from panel.io.document import extra_socket_handlers
    from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
    from tornado.ioloop import IOLoop

    handlers: dict[type, Any] = extra_socket_handlers
    handlers[_Subscriber] = _take_unlocked
    context = _SharedContext(application, url=f"/{slug}", io_loop=IOLoop.current())
    request = HTTPServerRequest(
        start_line=RequestStartLine("GET", f"/{slug}", "HTTP/1.1"),
        headers=HTTPHeaders({"Host": "localhost"}),
    )
    request.connection = SimpleNamespace(  # type: ignore[assignment]  # there is nobody behind it
        context=SimpleNamespace(remote_ip="", protocol="http")
    )
    identity = generate_session_id(secret_key=None, signed=False)
    token = generate_jwt_token(identity, secret_key=None, signed=False)
    session = await context.create_session_if_needed(identity, request, token)
    session.block_expiration()
    session.subscribe(_Subscriber(take))  # type: ignore[arg-type]  # all that is asked of one
    # What the document refers to only weakly has to live as long as it does.
    session.application_context = context  # type: ignore[attr-defined]  # ours
    return session


async def begin(session: Any) -> None:
    """Tell an app that its page is open, which runs what waits for that: ``pn.state.onload``."""
    document = session.document
    await session.with_document_locked(document.callbacks.trigger_event, DocumentReady())


async def end(session: Any) -> None:
    """End a session: its callbacks stop, and what waits for its end is called."""
    document = session.document
    callbacks = tuple(document.session_destroyed_callbacks)
    document.callbacks.session_destroyed_callbacks = set()
    for callback in callbacks:
        with suppress(Exception):  # what an app has left behind, and Panel itself
            callback(document.session_context)
    await session.with_document_locked(session.destroy)


def current_document() -> Document | None:
    """Return the document whose code runs on this thread, None if there is none."""
    from panel.io.state import state

    return state.curdoc


def application_of(app: Any, title: str, *, location: bool = False) -> Any:
    """Return the Bokeh application of a script, a notebook, a directory or a function.

    `location` gives a function's pages their address. Raises RuntimeError or ValueError if a file
    is not one.
    """
    from panel.io.application import build_applications, build_single_handler_application

    if callable(app):
        return build_applications({"/": app}, title=title, location=location)["/"]
    return build_single_handler_application(str(app))


def failure_of(application: Any) -> tuple[str, str]:
    """Return the error of an application whose script has failed, and its trace; empty if none."""
    for handler in application.handlers:
        if handler.failed:
            return str(handler.error), str(handler.error_detail)
    return "", ""


def has_template(document: Document) -> bool:
    """Return True if an app has a page of its own and not Bokeh's plain one."""
    from bokeh.core.templates import FILE
    from panel.io.resources import BASE_TEMPLATE

    return document.template is not FILE and document.template is not BASE_TEMPLATE


def page_of(document: Document, script: str, *, toggle: bool = False) -> str:
    """Return the HTML page of an app by its own template, `script` in place of Bokeh's own.

    `toggle` keeps the template's switch of themes.
    """
    from bokeh.core.templates import MACROS
    from bokeh.embed.util import RenderItem
    from panel.config import config
    from panel.io.resources import BASE_TEMPLATE, LOCAL_DIST
    from panel.io.state import set_curdoc

    with set_curdoc(document):
        item = RenderItem(token="", roots=document.roots, use_for_title=False)
        variables = {
            **document.template_variables, "theme_name": config.theme, "dist_url": LOCAL_DIST,
        }  # fmt: skip
        if not toggle:
            # Switching loads the page with other arguments, which a shared page has not.
            variables["theme_toggle"] = False
        scripts, styles = resources_of(document)
        return document.template.render({
            **variables, "title": document.title, "bokeh_js": scripts, "bokeh_css": styles,
            "plot_script": script, "docs": [item], "doc": item, "roots": item.roots,
            "base": BASE_TEMPLATE, "macros": MACROS, "app_favicon": variables.get("app_favicon"),
        })  # fmt: skip


def resources_of(document: Document) -> tuple[str, str]:
    """Return the tags of the scripts and of the style sheets that a document needs, all our own."""
    from panel.io.resources import LOCAL_DIST, Resources, bundle_resources, patch_model_css

    for root in document.roots:
        patch_model_css(root, dist_url=LOCAL_DIST)
    made = bundle_resources(document.roots, Resources(mode="server", root_url="/"))
    for files in (made.js_files, made.js_modules, made.css_files):
        files[:] = [address for address in files if "//" not in str(address)]
    exports = made.js_module_exports
    made.js_module_exports = {name: at for name, at in exports.items() if "//" not in str(at)}
    return made._render_js(), made._render_css()


def extension_root(name: str) -> Path | None:
    """Return where an extension of Bokeh that is loaded has its files, None if there is none."""
    from bokeh.embed.bundle import extension_dirs

    return extension_dirs.get(name)


def component_file(address: str) -> Path | None:
    """Return the file that a component of an app names, by Panel's address for it; or None.

    Only what the class of a loaded module lists itself is found; nothing is imported.
    """
    from panel.io.server import ComponentResourceHandler
    from tornado.web import HTTPError

    if address.partition("/")[0] not in sys.modules:
        return None
    find: Any = ComponentResourceHandler.parse_url_path
    try:
        return Path(find(ComponentResourceHandler, address))
    except HTTPError:
        return None


#: Bases of the models by which a viewer gives something to Python, and what puts them out of use.
_CONTROLS = {
    **dict.fromkeys(
        (
            "InputWidget",
            "AbstractButton",
            "ToggleInput",
            "AbstractGroup",
            "AbstractSlider",
            "Player",
            "_ClickableIcon",
            "SpeechToText",
            "FileDownload",
            "VideoStream",
            "QuillInput",
        ),
        "disabled",
    ),
    "AcePlot": "readonly",
    "JSONEditor": "disabled",
    "DataTabulator": "editable",
    "DataTable": "editable",
}
#: Under which scripts listen to a model's being in use.
_USE = {"change:disabled", "change:readonly"}
#: Components that only show something, though they can be disabled as controls can.
_SHOWN_ONLY = frozenset(
    {"Avatar", "Chip", "CircularProgress", "LinearProgress", "StaticText", "ThemeToggle"}
)


@lru_cache(maxsize=1024)
def _way_out_of_use(kind: type) -> str:
    """Return the property that puts models of a kind out of use; "" for those never in use."""
    return next(
        (_CONTROLS[base.__name__] for base in kind.__mro__ if base.__name__ in _CONTROLS), ""
    )


def controls_of(document: Document) -> dict[str, str]:
    """Return by id the property that puts each control out of use which needs Python.

    One that a script in the page listens to works without.
    """
    composed = composed_of(document)
    found: dict[str, str] = {}
    for model in tuple(document.models):
        part, name = _control(model)
        if name and (part.id in composed or model.id in composed or not _linked(model, part)):
            found[part.id] = name
    return found


def _control(model: Any) -> tuple[Any, str]:
    """Return what puts a model out of use, itself or its data, and by which property."""
    kind: Any = type(model)
    name = _way_out_of_use(kind)
    if name == "editable":
        return model, name if getattr(model, name, False) else ""
    if name:
        kept = kind.__name__ == "FileDownload" and bool(model.data)
        return model, "" if kept else name
    data = getattr(model, "data", None)
    used = isinstance(getattr(data, "disabled", None), bool)
    return data, "disabled" if used and model.class_name not in _SHOWN_ONLY else ""


def _linked(*models: Any) -> bool:
    """Return True if a script in the page listens to a model, and not only to its being in use."""
    return any(
        model.js_event_callbacks or model.js_property_callbacks.keys() - _USE for model in models
    )


def composed_of(document: Document) -> frozenset[str]:
    """Return the ids of the models within widgets made of several.

    These link them in the page for themselves, and need Python nevertheless.
    """
    from panel.widgets.base import CompositeWidget

    return frozenset(
        part._models[ref][0].id
        for ref, widget in _widgets(document)
        if isinstance(widget, CompositeWidget)
        for part in _parts(widget)
        if ref in part._models
    )


def _widgets(document: Document) -> Iterator[tuple[str, Any]]:
    """Yield every widget of a document, with the id of the root that it stands in."""
    from panel.io.state import state
    from panel.viewable import Viewable
    from panel.widgets.base import WidgetBase

    views: Any = tuple(state._views.items())
    for ref, (view, _, of, _) in views:
        if of is document and isinstance(view, Viewable):
            yield from ((ref, widget) for widget in view.select(WidgetBase))


def _parts(widget: Any) -> list[Any]:
    parts: list[Any] = getattr(widget, "_composite", widget).select()
    return parts


def names_of(document: Document, identities: Iterable[str]) -> list[str]:
    """Return what controls are called in code and on the page: ``IntSlider “Size”``."""
    models = {getattr(_control(model)[0], "id", ""): model for model in document.models}
    widgets = {
        part._models[ref][0].id: called(type(widget).__name__, widget.label or widget.name)
        for ref, widget in sorted(_widgets(document), key=lambda one: hasattr(one[1], "_composite"))
        for part in _parts(widget)
        if ref in part._models
    }
    return [widgets.get(models[each].id) or _name(models[each], each) for each in identities]


def _name(model: Any, identity: str) -> str:
    data = model if model.id == identity else model.data
    labels = (getattr(data, name, None) for name in ("title", "label", "name"))
    label = next((text for text in labels if isinstance(text, str) and text), "")
    return called(str(getattr(model, "class_name", "") or type(model).__name__), label)


def called(kind: str, label: str) -> str:
    """Return a widget's kind and label, ``Button “Go”``; Panel numbers both."""
    kind = _NUMBER.sub("", kind)
    return f"{kind} “{label}”" if _NUMBER.sub("", label) not in {"", kind} else kind


#: What Panel puts behind the name of what has none of its own, and of a class that it knows.
_NUMBER = re.compile(r"\d+$")


#: What of ``pn.state`` is one viewer's own.
PERSONAL = (
    "access_token", "browser_info", "cookies", "headers", "location", "refresh_token",
    "session_args", "user", "user_info",
)  # fmt: skip


class _SharedContext(ApplicationContext):
    """The context of an app that is run once for all viewers."""


def _is_shared(document: Any) -> bool:
    context = getattr(document, "session_context", None)
    server = None if context is None else context.server_context
    return server is not None and isinstance(server.application_context, _SharedContext)


def refuse_personal(refusal: Callable[[str], Exception]) -> None:
    """Have a shared app that reads what is one viewer's own of ``pn.state`` get an error.

    What Panel itself reads is none of it, and other sessions of the process are left alone.
    """
    from panel.io.state import state

    original = next(kind for kind in type(state).__mro__ if kind.__module__ == "panel.io.state")
    members = {name: _refused(getattr(original, name), name, refusal) for name in PERSONAL}
    state.__class__ = type(original.__name__, (original,), members)


def _refused(original: Any, name: str, refusal: Callable[[str], Exception]) -> property:
    def read(self: Any) -> Any:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if not caller.startswith(("panel.", "param.")) and _is_shared(self.curdoc):
            raise refusal(name)
        return original.fget(self)

    return property(read, original.fset, doc=original.__doc__)
