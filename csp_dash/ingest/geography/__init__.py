"""The official geography: areas, outlines, population, and what maps carry for orientation."""
