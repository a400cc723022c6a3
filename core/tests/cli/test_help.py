"""The command line tells its version, its commands, and what is no option of theirs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from core.tests.cli.kit import Machine, told

import muntin


def test_the_version_is_told(machine: Machine) -> None:
    result = machine.run("--version")

    assert result.stdout.strip() == f"muntin, version {muntin.__version__}"


COMMANDS = ["serve", "plugins", "check", "users", "new", "schema"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(machine: Machine, command: str) -> None:
    result = machine.run(command, "--help")

    assert result.returncode == 0
    assert f"  muntin {command}" in result.stdout
    assert f"  {command} " in machine.run("--help").stdout


def test_the_package_runs_as_a_module() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "muntin", "--version"], capture_output=True, text=True, check=True
    )

    assert muntin.__version__ in result.stdout


def test_a_wrong_option_is_a_usage_error(machine: Machine) -> None:
    assert "No such option" in told(machine.run("plugins", "--jsn"))
