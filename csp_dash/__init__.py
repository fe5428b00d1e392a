"""csp-dash: the community-safety dashboard of Tower Hamlets."""

__version__ = "0.1.0"
