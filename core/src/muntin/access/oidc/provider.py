"""The provider: where a login is begun and finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from muntin.access.errors import ProviderError, RefusedError
from muntin.access.identity import CALLBACK, Begun
from muntin.access.oidc.claims import has_all, kept, name_of, roles_of
from muntin.access.oidc.http import bounded, fetch, place
from muntin.access.oidc.idtoken import check_id_token
from muntin.access.oidc.metadata import Directory, Metadata
from muntin.access.signing import Signer, new_id, same
from muntin.access.urls import local_path
from muntin.settings.access import OidcConfig

#: Seconds that a person may take at the provider.
PATIENCE = 600.0

#: Characters of the path that is remembered; a cookie has room for 4096 in all.
MAX_PATH = 1000

#: Error codes of the provider that stand in the audit as they are.
_KNOWN = frozenset(
    {"access_denied", "login_required", "consent_required", "interaction_required",
     "temporarily_unavailable", "server_error", "invalid_request", "invalid_scope",
     "unauthorized_client", "account_selection_required"}
)  # fmt: skip

#: What a finished login is handed to: name, roles, claims.
Person = tuple[str, frozenset[str], Mapping[str, Any]]


class Provider:
    """Signs people in at one provider.

    All that a login needs to remember lies in the browser's own cookie, as a random seed under our
    signature; state, nonce and PKCE verifier are worked out from it with the secret.
    """

    def __init__(
        self, config: OidcConfig, signer: Signer, directory: Directory | None = None
    ) -> None:
        self._config, self._signer = config, signer
        self._directory = directory or Directory(config)

    def ready(self) -> None:
        """Return if the provider tells of itself; raise ProviderError if it does not."""
        self._directory.metadata()

    def begin(self, wanted: str) -> Begun:
        """Return where to send the browser; raise ProviderError if the provider does not tell."""
        authorize = self._directory.metadata().authorize
        seed = new_id()
        until = f"{int(self._signer.clock() + PATIENCE):x}"
        with self._client() as client:
            url, _ = client.create_authorization_url(
                authorize, state=self._own("state", seed), nonce=self._own("nonce", seed),
                code_verifier=self._own("verifier", seed),
            )  # fmt: skip
        path = local_path(wanted) if len(wanted) <= MAX_PATH else "/"
        cookie = self._signer.seal("oidc", f"{until}.{seed}.{path.encode().hex()}")
        return Begun(str(url), cookie)

    def finish(self, params: Mapping[str, str], cookie: str) -> tuple[Person, str]:
        """Return who signed in and where they wanted to go.

        Raises RefusedError for an answer that must not count, ProviderError if the provider fails.
        """
        seed, wanted = self._remembered(cookie)
        if not same(params.get("state", ""), self._own("state", seed)):
            raise RefusedError("state")
        error, code = params.get("error", ""), params.get("code", "")
        if error:
            raise RefusedError(error.replace("_", "-") if error in _KNOWN else "provider-error")
        if not 0 < len(code) <= 4096:
            raise RefusedError("no-code")
        if params.get("iss", self._config.issuer) != self._config.issuer:
            raise RefusedError("issuer")
        claims = self._claims(code, seed)
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

    def _claims(self, code: str, seed: str) -> dict[str, Any]:
        metadata = self._directory.metadata()
        answer = self._exchanged(metadata, code, self._own("verifier", seed))
        claims = check_id_token(
            answer.get("id_token"), lambda anew: self._directory.keys(anew=anew),
            issuer=metadata.issuer, client=self._config.client_id,
            nonce=self._own("nonce", seed), now=self._signer.clock(),
        )  # fmt: skip
        bearer = answer.get("access_token")
        if metadata.userinfo and isinstance(bearer, str) and not has_all(claims, self._config):
            claims = self._completed(claims, metadata.userinfo, bearer)
        return claims

    def _exchanged(self, metadata: Metadata, code: str, verifier: str) -> Mapping[str, Any]:
        """Return what the provider gives for the code."""
        try:
            with self._client(_method(metadata, self._config)) as client:
                answer = client.fetch_token(
                    metadata.token, grant_type="authorization_code", code=code,
                    code_verifier=verifier, allow_redirects=False,
                )  # fmt: skip
        except requests.RequestException:
            raise ProviderError(f"{place(metadata.token)} does not answer") from None
        except (AuthlibBaseError, ValueError, RecursionError):
            raise RefusedError("code") from None
        return dict(answer)

    def _completed(self, claims: dict[str, Any], url: str, bearer: str) -> dict[str, Any]:
        """Return the claims with what the userinfo endpoint adds; the signed ones win."""
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
    """Return how to prove ourselves: as the provider says, by header where it does not."""
    if config.client_secret is None:
        return "none"
    offered = metadata.auth_methods or ("client_secret_basic",)
    known: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    return next((one for one in known if one in offered), known[0])
