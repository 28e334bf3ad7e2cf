"""The weekly report and the quarterly review, from what is published."""
