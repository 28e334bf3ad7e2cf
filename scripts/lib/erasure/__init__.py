"""Erasing a person on request: find, take out, keep out, and prove it.

What the warehouse keeps of an erased person is a salted hash of each identifier, by
which landing knows a row of theirs and turns it away.
"""
