"""Panels that belong to one theme of the plan."""
