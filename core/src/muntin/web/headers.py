"""The headers that bind the browser: what a page may load and run, and who may frame it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

#: Sent with every answer.
ALWAYS: Mapping[str, str] = MappingProxyType(
    {
        # A browser takes nothing for a script or a style sheet that is not sent as one.
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(),"
            " midi=(), display-capture=(), publickey-credentials-get=()"
        ),
        # Windows that other sites open, and documents that they load, have no way in here.
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)

_EVAL = " 'unsafe-eval'"


def new_nonce() -> str:
    """Return a word that nobody can guess: made with a page's HTML, before anybody has seen it."""
    return secrets.token_urlsafe(18)


@lru_cache(maxsize=256)
def policy(nonce: str = "", framed_by: tuple[str, ...] = (), *, evaluate: bool = False) -> str:
    """Return the Content-Security-Policy of an answer.

    Only scripts that carry `nonce` run; an answer without a nonce has no scripts. No script may be
    made from text and nothing comes from another host. Bokeh styles its elements by attributes and
    by style sheets within its shadow roots, which need ``unsafe-inline`` for styles alone.
    `evaluate` also lets scripts be made from text, which Bokeh's CustomJS and Panel's ReactiveHTML
    do; Panel's JSComponent does without.
    """
    scripts = f"'nonce-{nonce}'{_EVAL if evaluate else ''}" if nonce else "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(framed_by) or repr('none')}",
        )
    )


@lru_cache(maxsize=256)
def app_policy(
    nonce: str = "", framed_by: tuple[str, ...] = (), hosts: tuple[str, ...] = ()
) -> str:
    """Return the Content-Security-Policy of a Panel app's page: nothing but from here and `hosts`.

    Panel's templates have scripts in attributes, and its components are made from text; so an app
    that is served as it is needs what `policy` keeps from all other pages. These are two policies,
    of which a browser keeps both: a script that carries the nonce may come from any host by the
    first, and only from this one and `hosts` by the second.
    """
    scripts = f"'nonce-{nonce}' blob: 'unsafe-eval'" if nonce else "'none'"
    allowed = " ".join(("'self'", *hosts))
    here = f"script-src {allowed} 'unsafe-inline' 'unsafe-eval' blob: data:"
    bound = "; ".join(
        (
            "default-src 'none'",
            f"script-src {f'{allowed} {scripts}' if nonce else scripts}",
            f"script-src-attr {repr('unsafe-inline') if nonce else repr('none')}",
            f"style-src {allowed} 'unsafe-inline'",
            f"img-src {allowed} data: blob:",
            f"media-src {allowed} data: blob:",
            f"font-src {allowed} data:",
            f"connect-src {allowed} data: blob:",
            "worker-src 'self' blob:",
            f"frame-src {allowed} data: blob:",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(framed_by) or repr('none')}",
        )
    )
    return f"{bound}, {here}"
