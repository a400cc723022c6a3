"""Secrets in settings: read from the environment or a file, never written down, never printed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

_HOW = 'a secret is given as { env = "NAME" } or { file = "/path" }, never as its text'


@final
class Secret:
    """A text that prints as ``***``; `reveal` returns it.

    In ``muntin.toml`` it stands as ``{ env = "NAME" }`` or ``{ file = "/run/secrets/name" }``.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself; ask for it only where it is used."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> Any:
        raise TypeError("a secret cannot be pickled")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Return how pydantic reads a secret: from where the settings say, at once."""
        from pydantic_core import core_schema

        return core_schema.with_info_plain_validator_function(
            lambda raw, info: read_secret(raw, info.context or os.environ)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, source: Any, handler: Any) -> Any:
        """Return how a settings file says where a secret is."""
        one_of = [
            {
                "type": "object",
                "properties": {name: {"type": "string", "minLength": 1, "description": words}},
                "required": [name],
                "additionalProperties": False,
            }
            for name, words in (
                ("env", "Name of the environment variable that holds the secret."),
                ("file", "Absolute path of the file that holds the secret."),
            )
        ]
        return {"oneOf": one_of}


def read_secret(raw: object, env: Mapping[str, str]) -> Secret:
    """Return the secret that a settings value points to, or raise ValueError saying what to do."""
    match raw:
        case {"env": str(name), **rest} if not rest:
            return _from_env(name, env)
        case {"file": str(name), **rest} if not rest:
            return _from_file(Path(name))
        case Secret():
            return raw
    raise ValueError(_HOW)


def _from_env(name: str, env: Mapping[str, str]) -> Secret:
    if not env.get(name):
        raise ValueError(f"the environment variable {name} is not set")
    return Secret(env[name])


def _from_file(path: Path) -> Secret:
    if not path.is_absolute():
        raise ValueError(f"the secret's file {str(path)!r} must be an absolute path")
    try:
        return Secret(path.read_text(encoding="utf-8").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ValueError(f"the secret's file {str(path)!r} cannot be read: {why}") from None
