"""Finding out what a file is, and reading it as a table, with a ledger of what became of each row."""
