"""Panels that set wards beside one another, and the search for a ward."""
