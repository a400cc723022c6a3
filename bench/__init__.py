"""Measures Muntin beside plain Panel and a bare Tornado broadcast; run ``python -m bench``."""
