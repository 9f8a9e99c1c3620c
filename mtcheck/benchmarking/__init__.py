"""Comparisons of models on labelled data: figures, intervals, tests, and reports."""
