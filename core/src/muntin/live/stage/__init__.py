"""The stage draws a page's one document and encodes each change once."""
