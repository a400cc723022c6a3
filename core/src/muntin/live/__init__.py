"""One shared document for all viewers: stages draw it, relays send it."""
