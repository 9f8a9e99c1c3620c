"""Keeps, drops and weights the rows of tables of scores, by expressions."""

from mtcheck.filtering.output import writer_for
from mtcheck.filtering.sieve import Sieve
from mtcheck.filtering.tables import find_tables, read_tables

__all__ = ["Sieve", "find_tables", "read_tables", "writer_for"]
