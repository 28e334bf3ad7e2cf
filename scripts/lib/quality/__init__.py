"""Governance: the rules, how they are judged, and what is kept of the verdict."""
