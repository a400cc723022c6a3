"""Signing in at a provider, the whole way through the server: to it, back, and in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from core.tests.access.provider import BASE, CLIENT, CLIENT_SECRET, StandIn
from joserfc.jwk import RSAKey
from tests.guarded import SECRET, Guarded, guarded
from tests.kit import Answer

from muntin.settings.access import AccessConfig, OidcConfig
from muntin.settings.secrets import Secret
from muntin.testing import FakeClock

HOST = urlsplit(BASE).netloc


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    found = StandIn(FakeClock(), RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))
    yield found
    found.close()


@pytest.fixture
def site(provider: StandIn, tmp_path: Path) -> Iterator[Guarded]:
    with guarded(oidc_config(provider.issuer, tmp_path), tmp_path) as made:
        yield made


def oidc_config(issuer: str, folder: Path) -> AccessConfig:
    """Return settings in which people sign in at a provider."""
    oidc = OidcConfig(
        issuer=issuer,
        client_id=CLIENT,
        client_secret=Secret(CLIENT_SECRET),
        redirect_url=BASE,
        role_map={"fund-investors": ("investor",)},
    )
    audit = str(folder / "audit.log")
    return AccessConfig(mode="oidc", secret=Secret(SECRET), audit=audit, oidc=oidc)


def there(site: Guarded, path: str, *cookies: str) -> Answer:
    """Ask as a browser that knows the app by its own name."""
    return site.ask(path, Host=HOST, **({"Cookie": "; ".join(cookies)} if cookies else {}))


def kept(answer: Answer, name: str) -> str:
    """Return a cookie that an answer sets, as it is sent back."""
    found = [part for part in answer.headers["set-cookie"].split("\n") if part.startswith(name)]
    assert all("; Secure" in one and "; HttpOnly" in one for one in found)
    return found[0].partition(";")[0]


def test_a_person_goes_to_the_provider_and_comes_back_signed_in(
    site: Guarded, provider: StandIn
) -> None:
    form = there(site, "/login?next=/mine")
    assert 'href="/login/start?next=/mine"' in form.text
    assert "password" not in form.text

    begun = there(site, "/login/start?next=/mine")
    assert begun.status == 303
    assert begun.headers["location"].startswith(provider.issuer)
    back = provider.authorize(begun.headers["location"])
    came = there(site, f"/login/callback?{urlencode(back)}", kept(begun, "__Host-muntin-login"))

    assert (came.status, came.headers["location"]) == (303, "/mine")
    cookie = kept(came, "__Host-muntin=")
    assert "For anna: 1111.5" in there(site, "/mine", cookie).text
    assert there(site, "/ops", cookie).status == 403
    again = there(site, f"/login/callback?{urlencode(back)}", kept(begun, "__Host-muntin-login"))
    assert again.status == 403, "a login counts once"


def test_what_somebody_else_began_signs_nobody_in(site: Guarded, provider: StandIn) -> None:
    """As an attacker would who has the victim follow a link: their own cookie is not there."""
    begun, other = (there(site, "/login/start") for _ in range(2))
    back = urlencode(provider.authorize(begun.headers["location"]))

    for cookies in ([], [kept(other, "__Host-muntin-login")], ["__Host-muntin-login=x"]):
        answer = there(site, f"/login/callback?{back}", *cookies)
        assert answer.status == 403
        assert "__Host-muntin=" not in answer.headers["set-cookie"]
        assert "You were not signed in." in answer.text


@pytest.mark.parametrize(
    "query", ["", "code=x", "state=x&code=y", "error=%3Cb%3E&state=%00", "a=%ff"]
)
def test_a_callback_that_nobody_sent_is_refused_in_words(site: Guarded, query: str) -> None:
    answer = there(site, f"/login/callback?{query}")

    assert answer.status == 403
    assert "<b>" not in answer.text


@pytest.mark.parametrize("name", ["state", "code", "iss"])
def test_a_callback_with_a_doubled_parameter_signs_nobody_in(
    site: Guarded, provider: StandIn, name: str
) -> None:
    begun = there(site, "/login/start")
    back = provider.authorize(begun.headers["location"]) | {"iss": provider.issuer}
    login = kept(begun, "__Host-muntin-login")

    for value in ("x", back[name]):
        doubled = f"{urlencode({name: value})}&{urlencode(back)}"
        assert there(site, f"/login/callback?{doubled}", login).status == 403
    assert there(site, f"/login/callback?{urlencode(back)}", login).status == 303


def test_a_provider_that_is_away_is_said(tmp_path: Path) -> None:
    away = "http://127.0.0.1:1"
    with guarded(oidc_config(away, tmp_path), tmp_path) as site:
        answer = there(site, "/login/start")

    assert answer.status == 503
    assert "The sign-in service does not answer." in answer.text
    assert away not in answer.text


def test_passwords_are_not_taken_here(site: Guarded) -> None:
    assert site.log_in("anna", Host=HOST, Origin=f"https://{HOST}").status == 405
