"""Relays in processes of their own: one stage and one encode, as many cores as there are."""
