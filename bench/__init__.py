"""Measures what pages and crowds cost, beside an empty page and beside another commit. Run it: `python -m bench`."""
