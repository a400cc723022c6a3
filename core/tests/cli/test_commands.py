"""Commands that plugins add: found when they are asked for, and none can spoil another."""

from __future__ import annotations

import pytest
from core.tests.cli.kit import GOOD, Machine, told

ADDS = """
    from muntin import hookimpl

    @hookimpl
    def muntin_commands(cli):
        import click

        @cli.command(epilog="from a plugin")
        @click.option("--times", default=1)
        def greet(times):
            "Greet the world."
            click.echo("hello " * times)
"""
TAKES = ADDS.replace("hello", "hijacked").replace("def greet", "def serve")
RAISES = """
    from muntin import hookimpl

    @hookimpl
    def muntin_commands(cli):
        raise ValueError("no luck")
"""
SLOW = "import sys; print('imported', file=sys.stderr)\n" + "\n".join(
    line.removeprefix("    ") for line in GOOD.splitlines()
)


def test_a_plugins_command_runs_with_its_options(machine: Machine) -> None:
    machine.install("greeting", ADDS)

    assert machine.run("greet", "--times", "2").stdout == "hello hello \n"


def test_a_plugins_command_stands_in_the_help(machine: Machine) -> None:
    machine.install("greeting", ADDS)

    assert "  greet    Greet the world." in machine.run("--help").stdout
    assert "from a plugin" in machine.run("greet", "--help").stdout


def test_a_command_of_cores_own_is_never_replaced(machine: Machine) -> None:
    machine.install("aaa", TAKES)

    assert "hijacked" not in machine.run("serve", "--help").stdout


def test_a_plugin_named_like_the_command_is_asked_before_others(machine: Machine) -> None:
    machine.install("zzz", ADDS.replace("def greet", "def zzz"))
    machine.install("aaa", SLOW)

    result = machine.run("zzz")

    assert result.stdout == "hello \n"
    assert "imported" not in result.stderr


def test_a_disabled_plugin_adds_no_command(machine: Machine) -> None:
    machine.install("greeting", ADDS)
    machine.settings('[plugins]\ndisable = ["greeting"]')

    assert "No such command 'greet'" in told(machine.run("greet"))


def test_a_plugin_that_fails_to_add_its_commands_is_named(machine: Machine) -> None:
    machine.install("unlucky", RAISES)

    said = told(machine.run("greet"))

    assert "plugin 'unlucky' (muntin-unlucky 1.0) adds no commands" in said
    assert "ValueError: no luck" in said


def test_a_misspelt_command_names_the_one_that_was_meant(machine: Machine) -> None:
    machine.install("greeting", ADDS)

    assert "No such command 'great', did you mean greet?" in told(machine.run("great"))


def test_without_its_package_the_demo_says_what_to_install(machine: Machine) -> None:
    assert "pip install muntin-demo" in told(machine.run("demo"))


@pytest.mark.parametrize(
    ("code", "settings", "reason"),
    [
        ("import gone", "", "ModuleNotFoundError: No module named 'gone'"),
        (ADDS, '[plugins]\nonly = ["x"]', "is disabled: not among plugins.only"),
    ],
)
def test_a_demo_that_cannot_be_used_says_why(
    machine: Machine, code: str, settings: str, reason: str
) -> None:
    machine.install("demo", code)
    machine.settings(settings)

    assert reason in told(machine.run("demo"))


def test_wrong_settings_do_not_hide_the_help(machine: Machine) -> None:
    machine.settings("[plugins")

    assert "  serve " in machine.run("--help").stdout
