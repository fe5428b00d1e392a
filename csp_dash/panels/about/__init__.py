"""Panels about the data itself: releases, sources and methods."""
