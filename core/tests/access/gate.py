"""Access in mode "oidc", and somebody who signs in by way of the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.tests.access.kit import SECRET
from core.tests.access.provider import BASE, CLIENT, CLIENT_SECRET, StandIn

from muntin.access import Access, Login
from muntin.access.audit import Audit
from muntin.access.oidc.metadata import Directory
from muntin.access.oidc.provider import Provider
from muntin.access.signing import Signer
from muntin.pages import Viewer
from muntin.settings import AccessConfig, OidcConfig, Secret
from muntin.testing import FakeClock

HOME = "192.0.2.7"


@dataclass
class Gate:
    """Access in mode "oidc", with whoever stands behind it."""

    provider: StandIn
    access: Access
    log: Path

    def sign_in(self, wanted: str = "/overview", **bent: str) -> Login:
        begun = self.access.begin(wanted)
        came_back = {**self.provider.authorize(begun.url), **bent}
        return self.access.finish(came_back, begun.cookie, HOME)

    def viewer(self) -> Viewer:
        """Return who has signed in."""
        session = self.sign_in().session
        assert session is not None
        return session.viewer

    def refused(self, **bent: str) -> str:
        """Return why a login was refused, having seen that it opened nothing."""
        login = self.sign_in(**bent)
        assert (login.session, login.cookie) == (None, "")
        assert login.message
        return login.reason


def gate_of(provider: StandIn, folder: Path, clock: FakeClock, **options: Any) -> Gate:
    given = {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "client_secret": Secret(CLIENT_SECRET),
        "redirect_url": BASE,
        "role_map": {"fund-investors": ("investor",)},
        "timeout": 5.0,
    }
    config = AccessConfig(
        mode="oidc", secret=Secret(SECRET), oidc=OidcConfig(**{**given, **options})
    )
    signer = Signer(SECRET, clock)
    log = folder / "audit.log"
    behind = Provider(config.oidc, signer, Directory(config.oidc, clock), clock)
    access = Access(config, signer, provider=behind, audit=Audit(str(log), clock))
    return Gate(provider, access, log)


#: The fixture `open_gate`: a gate with other options.
OpenGate = Callable[..., Gate]
