"""The pipeline forecast: what is known by a day, what follows from it, how sure."""
