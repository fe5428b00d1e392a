"""Panels of one measure over time."""
