"""What a page, an export and the command line show: figures with their pictures, sentences and sources."""
