"""The directory source: documents, logs and how their changes are noticed."""
