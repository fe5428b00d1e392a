"""Measures what a run of each page costs, and what the server settings are worth. Run it: `python -m bench`."""
