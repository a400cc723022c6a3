"""The documents, by the process that writes them; each function builds one from the fund."""
