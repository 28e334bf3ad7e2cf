"""Probabilistic matching of person records: Splink scores, clusters keep hard rules."""
