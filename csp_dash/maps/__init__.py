"""Maps: pure functions from outlines and a frame to a picture. No tiles, fonts or requests."""
