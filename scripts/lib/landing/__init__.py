"""Landing: files as source systems export them become typed raw tables.

The way of a file: `files` finds it, `csv_text`, `json_lines` or `parquet` reads it,
`staging` types its rows and sets aside those that do not fit, `publishing` writes
rows, log and rejects in one transaction. `landing` leads it through.
"""
