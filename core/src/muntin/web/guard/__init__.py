"""The guard: one decision for every channel."""
