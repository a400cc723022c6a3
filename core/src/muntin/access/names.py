"""User names: one spelling for each, safe in tables and logs."""

from __future__ import annotations

import unicodedata

from muntin.errors import ConfigError

#: Characters of a name at most.
MAX_NAME = 128

#: Scripts with letters that look alike; a name uses one of them only.
_ALIKE = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN")


def name_key(text: str) -> str:
    """Return the canonical spelling of a name: case and Unicode form make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def good_name(text: str) -> str:
    """Return the canonical spelling of a user's name; raise ConfigError if the name is invalid."""
    if len(text) > MAX_NAME or not text:
        raise ConfigError([f"a name has 1 to {MAX_NAME} characters"])
    name = name_key(text)
    if not name[:1].isalnum() or not all(one.isalnum() or one in "._@+-" for one in name):
        raise ConfigError(
            ["a name is made of letters, digits and . _ @ + - and starts with a letter or digit"]
        )
    if len(name) > MAX_NAME or len(_alphabets(name)) > 1:
        raise ConfigError(["a name uses one alphabet only, so that no two names look alike"])
    return name


def _alphabets(name: str) -> set[str]:
    words = {unicodedata.name(one, "").partition(" ")[0] for one in name}
    return words & set(_ALIKE)


def outside_name(text: object, *, fold: bool = True) -> str:
    """Return a name that a provider or proxy states, normalized; "" if it is not a valid name.

    Without `fold` its case is kept, for names in which ``A`` and ``a`` may be two people.
    """
    if not isinstance(text, str) or not 0 < len(text) <= MAX_NAME:
        return ""
    name = name_key(text) if fold else unicodedata.normalize("NFC", text)
    plain = name.isprintable() and name == name.strip() and len(name) <= MAX_NAME
    return name if plain else ""
