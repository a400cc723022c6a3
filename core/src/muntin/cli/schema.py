"""``muntin schema``: what may stand in muntin.toml, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(epilog="\b\nExamples:\n  muntin schema\n  muntin schema --out muntin.schema.json")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write it here instead of to standard output.",
)  # fmt: skip
def schema(out: Path | None) -> None:
    """Write the JSON Schema of muntin.toml for the plugins that are installed.

    An editor that knows it completes names, explains them, and marks mistakes.
    """
    from muntin.errors import ConfigError
    from muntin.plugins import load
    from muntin.schema import schema_of

    # Without settings: what may be set must not hang on what is set.
    text = json.dumps(schema_of(load()), indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        why = error.strerror or error
        raise ConfigError([f"{out} cannot be written: {why}; choose another with --out"]) from None
    click.echo(f"Wrote {out}. In the first line of muntin.toml:  #:schema {out.as_posix()}")


__all__ = ["schema"]
