"""Viewers that cost next to nothing: each speaks its server's protocol and counts what comes."""
