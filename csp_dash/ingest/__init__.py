"""Official files in, validated tidy facts out. Run by `python -m csp_dash build`, never at request time."""
