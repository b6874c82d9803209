"""Models of how plans start, last, end and return."""
