"""One module for each part of a report: read gives its figures, show its blocks."""
