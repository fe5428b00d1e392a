"""Pictures of places: pure functions from outlines and a frame to a map. No tiles, no fonts, no request to anyone."""
