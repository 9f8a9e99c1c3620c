"""Scoring of whole corpora: in parts that are kept as soon as they are scored.

A run reads its sources in order and cuts them into parts, which depend on nothing but
the inputs; parts are scored anywhere, in any order, and each is put in place in one
step. So a run that was stopped goes on, and ends in the same bytes, however many
processes or machines had a share in it.
"""
