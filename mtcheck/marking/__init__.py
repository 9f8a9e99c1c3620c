"""Verdicts as HTML: one page that needs nothing else, for files and for the server."""
