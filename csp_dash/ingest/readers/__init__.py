"""One file a source or publisher's family, named as in catalogue/sources: official files in, facts out."""
