"""Sections of pages: a file for each page, or for what several pages share."""
