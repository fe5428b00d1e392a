"""The vocabulary of the project: frozen values without input or output."""
