"""How dataclasses of settings become JSON Schema: as TOML tables, with their comments."""

from __future__ import annotations

import inspect
import re
from typing import Any

from pydantic.json_schema import GenerateJsonSchema


class Tables(GenerateJsonSchema):
    """Generates tables that accept no other names, and no null, which TOML lacks."""

    def dataclass_schema(self, schema: Any) -> dict[str, Any]:
        """Return a closed table whose names are explained by the class's ``#:`` comments."""
        made = super().dataclass_schema(schema)
        found = comments(schema["cls"])
        for name, one in made.get("properties", {}).items():
            if found.get(name):
                one["description"] = found[name]
        return {**made, "additionalProperties": False}

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of what may be left out."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> dict[str, Any]:
        """Return a schema with its default, unless that is None."""
        made = super().default_schema(schema)
        return {k: v for k, v in made.items() if k != "default" or v is not None}

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:
        """Return the schema of what only Python can describe: anything."""
        del schema, error_info
        return {}

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Return False: a title would repeat the name."""
        del schema
        return False


_FIELD = re.compile(r"    (\w+)\s*:\s*\S")


def comments(cls: type) -> dict[str, str]:
    """Return the ``#:`` comments of a class by field; none if its source is not there."""
    found: dict[str, str] = {}
    text: list[str] = []
    for line in _source(cls):
        plain, match = line.strip(), _FIELD.match(line)
        if plain.startswith("#:"):
            text.append(plain.removeprefix("#:").strip())
            continue
        if match and text:
            found[match[1]] = " ".join(text).replace("`", "")
        text = []
    return found


def _source(cls: type) -> list[str]:
    try:
        return inspect.getsource(cls).splitlines()
    except (OSError, TypeError):
        return []
