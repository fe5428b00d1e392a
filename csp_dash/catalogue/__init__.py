"""The declarations, as data, and the one loader that refuses bad ones."""

from csp_dash.catalogue.catalogue import Catalogue
from csp_dash.catalogue.loader import load
from csp_dash.catalogue.read import CatalogueError

__all__ = ["Catalogue", "CatalogueError", "load"]
