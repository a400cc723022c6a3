"""Sign-in at a provider: its start, and its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from muntin.access.clocks import Clock
from muntin.access.errors import ProviderError, RefusedError
from muntin.access.identity import CALLBACK, LoginRedirect
from muntin.access.oidc.claims import has_all, kept, name_of, roles_of
from muntin.access.oidc.http import bounded, fetch, place
from muntin.access.oidc.idtoken import check_id_token
from muntin.access.oidc.metadata import Directory, Metadata
from muntin.access.signing import Signer, new_id, same
from muntin.access.urls import local_path
from muntin.settings.access import OidcConfig

#: Seconds that a user may take at the provider.
PATIENCE = 600.0

#: Finished logins that are remembered at most.
MAX_FINISHED = 100_000

#: Characters of the path that is remembered; a cookie has room for 4096 in all.
MAX_PATH = 1000

#: Error codes of the provider that the audit shows as they are.
_KNOWN = frozenset(
    {
        "access_denied",
        "login_required",
        "consent_required",
        "interaction_required",
        "temporarily_unavailable",
        "server_error",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "account_selection_required",
    }
)

#: A user as the provider states: name, roles, claims.
Person = tuple[str, frozenset[str], Mapping[str, Any]]


class FinishedLogins:
    """Remembers which logins were finished, until they expire. Safe for threads."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, seed: str, now: float) -> bool:
        """Return True if a login is finished for the first time."""
        with self._lock:
            while self._until and (self._is_oldest_over(now) or len(self._until) >= MAX_FINISHED):
                del self._until[next(iter(self._until))]
            if seed in self._until:
                return False
            self._until[seed] = now + PATIENCE
            return True

    def _is_oldest_over(self, now: float) -> bool:
        return next(iter(self._until.values())) <= now


class Provider:
    """Signs users in at one provider.

    The state of a login is in the browser's own cookie: a signed random seed, from which the
    secret derives state, nonce and PKCE verifier.
    """

    def __init__(
        self,
        config: OidcConfig,
        signer: Signer,
        directory: Directory | None = None,
        clock: Clock = time.time,
    ) -> None:
        self._config, self._signer, self._clock = config, signer, clock
        self._directory = directory or Directory(config)
        self._finished = FinishedLogins()

    def ready(self) -> None:
        """Return if the provider publishes its metadata; raise ProviderError if it does not."""
        self._directory.metadata()

    def begin(self, wanted: str) -> LoginRedirect:
        """Return where to send the browser; raise ProviderError if the provider does not answer."""
        authorize = self._directory.metadata().authorize
        seed = new_id()
        until = f"{int(self._signer.clock() + PATIENCE):x}"
        with self._client() as client:
            url, _ = client.create_authorization_url(
                authorize,
                state=self._own("state", seed),
                nonce=self._own("nonce", seed),
                code_verifier=self._own("verifier", seed),
            )
        path = local_path(wanted) if len(wanted) <= MAX_PATH else "/"
        cookie = self._signer.seal("oidc", f"{until}.{seed}.{path.encode().hex()}")
        return LoginRedirect(str(url), cookie)

    def finish(self, params: Mapping[str, str], cookie: str) -> tuple[Person, str]:
        """Return the user who signed in, and the path they asked for.

        Raises RefusedError for an answer that is not valid, ProviderError if the provider fails.
        """
        seed, wanted = self._remembered(cookie)
        if not same(params.get("state", ""), self._own("state", seed)):
            raise RefusedError("state")
        if not self._finished.add(seed, self._signer.clock()):
            raise RefusedError("replayed")
        error, code = params.get("error", ""), params.get("code", "")
        if error:
            raise RefusedError(error.replace("_", "-") if error in _KNOWN else "provider-error")
        if not 0 < len(code) <= 4096:
            raise RefusedError("no-code")
        metadata = self._directory.metadata()
        if params.get("iss", "" if metadata.states_issuer else metadata.issuer) != metadata.issuer:
            raise RefusedError("issuer")
        claims = self._claims(metadata, code, seed)
        person = name_of(claims, self._config), roles_of(claims, self._config), kept(claims)
        return person, wanted

    def _remembered(self, cookie: str) -> tuple[str, str]:
        text = self._signer.open("oidc", cookie) if len(cookie) < 8192 else None
        if text is None:
            raise RefusedError("state")
        until, seed, wanted = text.split(".")
        if self._signer.clock() >= int(until, 16):
            raise RefusedError("too-late")
        return seed, local_path(bytes.fromhex(wanted).decode())

    def _own(self, what: str, seed: str) -> str:
        return self._signer.sign(f"oidc-{what}", seed)

    def _claims(self, metadata: Metadata, code: str, seed: str) -> dict[str, Any]:
        answer = self._exchanged(metadata, code, self._own("verifier", seed))
        bearer = answer.get("access_token")
        claims = check_id_token(
            answer.get("id_token"),
            lambda again: self._directory.keys(again=again),
            issuer=metadata.issuer,
            client=self._config.client_id,
            nonce=self._own("nonce", seed),
            access_token=bearer,
            now=self._clock(),
        )
        if metadata.userinfo and isinstance(bearer, str) and not has_all(claims, self._config):
            claims = self._completed(claims, metadata.userinfo, bearer)
        return claims

    def _exchanged(self, metadata: Metadata, code: str, verifier: str) -> Mapping[str, Any]:
        """Return the provider's answer for the code."""
        try:
            with self._client(_method(metadata, self._config)) as client:
                answer = client.fetch_token(
                    metadata.token,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    allow_redirects=False,
                )
        except requests.RequestException:
            raise ProviderError(f"{place(metadata.token)} does not answer") from None
        except (AuthlibBaseError, ValueError, RecursionError):
            raise RefusedError("code") from None
        return dict(answer)

    def _completed(self, claims: dict[str, Any], url: str, bearer: str) -> dict[str, Any]:
        """Return the claims with those of the userinfo endpoint; signed ones take precedence."""
        more = fetch(url, self._config.timeout, bearer)
        if more.get("sub") != claims["sub"]:
            raise RefusedError("userinfo-of-another")
        return {**more, **claims}

    def _client(self, method: str | None = None) -> Any:
        config = self._config
        client = OAuth2Session(
            config.client_id,
            config.client_secret.reveal() if config.client_secret else None,
            token_endpoint_auth_method=method,
            scope=" ".join(dict.fromkeys(("openid", *config.scopes))),
            redirect_uri=config.redirect_url.rstrip("/") + CALLBACK,
            code_challenge_method="S256",
        )
        bounded(client, config.timeout)
        return client


def _method(metadata: Metadata, config: OidcConfig) -> str:
    """Return how the client authenticates: as the provider says, else by header."""
    if config.client_secret is None:
        return "none"
    offered = metadata.auth_methods or ("client_secret_basic",)
    known: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    return next((one for one in known if one in offered), known[0])
