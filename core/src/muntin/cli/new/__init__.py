"""New plugins: a whole project from a name, made from a template that copier keeps up to date."""

from __future__ import annotations

from muntin.cli.new.create import Created, create
from muntin.cli.new.names import Names, names_of

__all__ = ["Created", "Names", "create", "names_of"]
