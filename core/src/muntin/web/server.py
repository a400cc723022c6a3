"""The server: routes, start and end."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from muntin.access import hook_of, open_access
from muntin.live.workers.loop_monitor import LoopMonitor, measured_loop
from muntin.live.workers.pool import WorkerPool
from muntin.site import Site
from muntin.web import app_files, app_page, handlers, signin, static_files
from muntin.web.accept_throttle import AcceptThrottle
from muntin.web.app import App
from muntin.web.operators import handlers as operators
from muntin.web.private_handler import PrivateHandler
from muntin.web.private_socket import PrivateSocket
from muntin.web.socket import PageSocket

log = structlog.get_logger("muntin.web")

#: Largest request body, and message of a viewer; nothing is uploaded here.
BODY_LIMIT = 64 * 1024
#: Connections that may wait to be accepted: after a restart all viewers come at once.
BACKLOG = 1024
#: Of the request's line and headers together.
HEADER_LIMIT = 16 * 1024
#: Seconds for which a thread that draws may keep the interpreter from the event loop, which asks
#: for it again after every socket it writes to. With Python's own 5 ms an update went out
#: several times as slowly beside a view that computes.
SWITCH = 0.001
#: What ends the server in good order. SIGHUP comes when its terminal is closed.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Seconds after the signal to end, at which a process ends whatever still hangs in it.
GRACE = 10.0
#: Seconds for the headers of a request, or until the next one, and for its body.
HEADERS_WITHIN, BODY_WITHIN = 30.0, 10.0


def routes(app: App) -> list[Any]:
    """Return every route there is; what is not named here is not found."""
    own = {"app": app}
    shared = [
        route
        for page in app.site.pages
        if page.scope != "private" and page.app is None
        for route in (
            (rf"/{page.slug}/?", handlers.PageHandler, {**own, "slug": page.slug}),
            (rf"/{page.slug}/ws", PageSocket, {**own, "slug": page.slug}),
        )
    ]
    private = [
        route
        for page in app.site.pages
        if page.scope == "private" and page.app is None
        for route in (
            (rf"/{page.slug}/?", PrivateHandler, {**own, "slug": page.slug}),
            (
                rf"/{page.slug}/ws",
                PrivateSocket,
                {**own, "slug": page.slug, "pages": app.private},
            ),
        )
    ]
    return [
        (r"/", handlers.FirstPageHandler, own),
        *shared,
        *app_page.routes(app),
        *private,
        *signin.routes(app),
        *static_files.routes(app),
        *app_files.routes(app),
        *operators.routes(app),
    ]


def application(app: App) -> Application:
    """Return the Tornado application of a started app."""
    return Application(
        routes(app),
        default_handler_class=handlers.NotFoundHandler,
        default_handler_args={"app": app},
        websocket_max_message_size=BODY_LIMIT,
        log_function=lambda _handler: None,
    )


def _settle() -> None:
    """Have the garbage collector look at what is new from here on, and at that less often.

    Libraries and first pictures are 500,000 objects. To look at them again and again held the loop
    for 200 to 300 ms each time. And an update of a long table makes and drops 20,000 objects, none
    of them in a cycle: to look for cycles after every 700 took a tenth of its time.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def listen(address: str, port: int) -> list[socket.socket]:
    """Return bound sockets; raise OSError if the port is taken or the address is not ours."""
    return bind_sockets(port, address or "127.0.0.1", backlog=BACKLOG)


def serve_http(app: App) -> HTTPServer:
    """Return the HTTP server of a started app, which waits for no client longer than it must."""
    return HTTPServer(
        application(app),
        max_body_size=BODY_LIMIT, max_header_size=HEADER_LIMIT,
        idle_connection_timeout=HEADERS_WITHIN, body_timeout=BODY_WITHIN,
    )  # fmt: skip


def run(
    site: Site,
    *,
    address: str,
    port: int,
    workers: int = 0,
    announce: Callable[[str], object] = print,
    sockets: list[socket.socket] | None = None,
    grace: float | None = None,
) -> None:
    """Serve a site until SIGINT, SIGTERM or SIGHUP.

    With `grace`, the process ends at the latest so many seconds after the signal: Python waits for
    every thread of a plugin's own that is no daemon, and a hanging one would keep it for good.

    Raises ConfigError if what the settings say of access does not do for this address, and OSError
    if the port is taken.

    `sockets` are listening ones to be used instead of address and port. With two `workers` or
    more, viewers are sent to by so many processes.
    """
    access = open_access(site.config.access, address=address, roles=hook_of(site.plugins))
    sockets = sockets or listen(address, port)
    most_files()
    loop_monitor = LoopMonitor()
    gc.disable()  # until `_settle`: what a start makes is there to stay
    switch, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH)
    try:
        with asyncio.Runner(loop_factory=lambda: measured_loop(loop_monitor)) as runner:
            pool = WorkerPool(workers) if workers > 1 else None
            app = App(site, access, loop_monitor=loop_monitor, pool=pool, settled=_settle)
            runner.run(_serve(app, sockets, announce, grace))
    finally:
        sys.setswitchinterval(switch)
        gc.set_threshold(*thresholds)
        gc.enable()


def url_of(listening: socket.socket) -> str:
    """Return the address at which a socket is reached, for people."""
    host, port = listening.getsockname()[:2]
    return f"http://{'[' + host + ']' if ':' in host else host}:{port}/"


def most_files() -> None:
    """Let this process open as many files as it may: each viewer is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _end_after(seconds: float) -> None:
    """End the process after so many seconds, unless it has ended by itself."""

    def end() -> None:
        time.sleep(seconds)
        log.warning("ended, though not everything had", after=seconds)
        os._exit(0)

    threading.Thread(target=end, name="grace", daemon=True).start()


async def _serve(
    app: App,
    sockets: list[socket.socket],
    announce: Callable[[str], object],
    grace: float | None,
) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in ENDING:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as by nohup
            loop.add_signal_handler(number, ended.set)
    app.start()
    server = serve_http(app)
    listening = [AcceptThrottle(one) for one in sockets]
    server.add_sockets(listening)
    announce(f"Serving at {url_of(listening[0])}")
    await ended.wait()
    if grace is not None:
        _end_after(grace)
    server.stop()
    await app.stop()
