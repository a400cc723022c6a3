"""A Panel app as it is, side by side: broadcast by Muntin, and under ``panel serve``."""
