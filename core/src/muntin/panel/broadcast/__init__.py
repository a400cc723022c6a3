"""Broadcast: an ordinary Panel app, run once and shown to everybody."""
