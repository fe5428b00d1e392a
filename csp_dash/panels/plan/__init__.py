"""Panels on the plan: targets, checks, claims, and the answer of each priority."""
