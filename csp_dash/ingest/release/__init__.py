"""From the facts of all readers to a release: editions, precedence, report and archive."""
