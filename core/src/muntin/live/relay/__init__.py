"""The relay sends finished bytes to every viewer and never waits."""
