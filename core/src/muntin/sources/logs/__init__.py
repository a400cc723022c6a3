"""Logs: files that grow, followed by offset."""
