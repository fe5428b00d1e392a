"""The declarations, as data, and the one loader that refuses bad ones."""

from csp_dash.catalogue.load import Catalogue, CatalogueError, load

__all__ = ["Catalogue", "CatalogueError", "load"]
