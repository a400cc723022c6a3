"""The operators' page, lists and metrics."""
