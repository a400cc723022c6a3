"""The `plugins` command."""
