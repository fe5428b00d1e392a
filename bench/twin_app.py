"""The script of the twin: every page of the app, drawn from constants."""

from bench import twin

twin.show()
