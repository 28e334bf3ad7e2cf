"""Pulling: what changed in an API becomes files that the landing lands.

The way of a row: `config` says where it is read and which columns it fills, `http`
fetches pages, `rows` makes flat rows of records, `pipeline` (dlt) keeps cursors and
writes the rows to files, `scripts/load.py` lands them like any other file.
"""
