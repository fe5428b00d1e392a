"""What tests share: files as publishers make them, a second way to every number, publishers to fetch from."""

from csp_dash.warehouse.snapshot import ROOT

__all__ = ["ROOT"]
