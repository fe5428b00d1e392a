"""Returns that partners fill in: the template, and the reader of what comes back."""
