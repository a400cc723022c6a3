"""The ``[access]`` table: read strictly, paths from the file, secrets never as their text."""

from __future__ import annotations

from pathlib import Path

import pytest
from core.tests.access.kit import SECRET

from muntin import ConfigError
from muntin.settings import AccessConfig, Config, find_users, load_config

ALL = """
[access]
mode = "oidc"
insecure = true
secret = { env = "KEY" }
users = "people.json"
sessions = "run/sessions"
hours = 8
idle_minutes = 30
operators = ["admin"]
metrics_token = { env = "KEY" }
hosts = ["fund.example"]
frame_ancestors = ["https://portal.example"]
audit = "audit.log"

[access.oidc]
issuer = "https://id.example"
client_id = "muntin"
client_secret = { env = "KEY" }
redirect_url = "https://fund.example"
scopes = ["openid", "groups"]
name_claim = "email"
roles_claim = "realm_access.roles"
timeout = 3
[access.oidc.role_map]
"fund-staff" = ["operator", "investor"]

[access.proxy]
addresses = ["10.0.0.5"]
user_header = "Remote-User"
"""


def load(folder: Path, text: str, **env: str) -> Config:
    (folder / "muntin.toml").write_text(text)
    return load_config(folder / "muntin.toml", env=env)


def test_the_whole_table_is_read(tmp_path: Path) -> None:
    access = load(tmp_path, ALL, KEY=SECRET).access

    assert access.mode == "oidc"
    assert access.secret is not None
    assert access.secret.reveal() == SECRET
    assert (access.hours, access.idle_minutes, access.operators) == (8, 30, ("admin",))
    assert access.users == str(tmp_path / "people.json")
    assert access.sessions == str(tmp_path / "run" / "sessions")
    assert access.audit == str(tmp_path / "audit.log")
    assert access.oidc.role_map == {"fund-staff": ("operator", "investor")}
    assert access.oidc.name_claim == "email"
    assert access.proxy.user_header == "Remote-User"
    assert SECRET not in repr(access)


def test_without_a_table_there_is_no_control_and_no_secret(tmp_path: Path) -> None:
    access = load(tmp_path, "").access

    assert access == AccessConfig()
    assert (access.mode, access.secret, access.insecure) == ("open", None, False)


def test_users_stand_beside_the_settings(tmp_path: Path) -> None:
    access = load(tmp_path, '[access]\nmode = "users"').access

    assert access.users == str(tmp_path / "users.json")
    assert find_users(tmp_path / "muntin.toml", {}) == tmp_path / "users.json"
    assert access.audit == "-"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('mode = "basic"', "access.mode: should be"),
        ('secret = "hunter2"', "access.secret: a secret is given as"),
        ('secret = { env = "GONE" }', "access.secret: the environment variable GONE is not set"),
        ("hours = 0", "access.hours: should be greater"),
        ('operator = ["x"]', "access.operator: unknown, did you mean operators?"),
        ('operators = [""]', "access.operators.0: String should have at least 1 character"),
        ('oidc = { isuer = "x" }', "access.oidc.isuer: unknown, did you mean issuer?"),
        ('oidc = { name_claim = "nickname" }', "access.oidc.name_claim: should be"),
        ('oidc = { role_map = { staff = "operator" } }', "access.oidc.role_map.staff: should be"),
        ('proxy = { addresses = "10.0.0.5" }', "access.proxy.addresses: should be a valid array"),
    ],
)
def test_a_mistake_is_told_with_its_path_and_without_the_value(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f"[access]\n{text}")

    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_where_users_are_is_found_without_the_secrets(tmp_path: Path) -> None:
    (tmp_path / "muntin.toml").write_text('[access]\nsecret = { env = "GONE" }\nusers = "a/b.json"')

    assert find_users(tmp_path / "muntin.toml", {}) == tmp_path / "a" / "b.json"


def test_a_users_path_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "muntin.toml").write_text("[access]\nusers = 7")

    with pytest.raises(ConfigError, match=r"access\.users: should be a valid string"):
        find_users(tmp_path / "muntin.toml", {})
