"""What pages are made of: each file draws the sections of one page, or those that several share."""
