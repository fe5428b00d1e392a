"""A local stand-in for the publishers: no test of the fetchers reaches another host."""
