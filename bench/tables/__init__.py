"""A table of 10,000 rows, 100 of them changing, in a browser: ours, and those of others."""
