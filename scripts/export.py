"""Publish the validated marts and reports as read-only DuckDB and Parquet files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lib.cli import OK, UserError, parser, run, working
from lib.publish import MANIFEST, publish
from lib.warehouse import PROJECT_ROOT, warehouse_path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; exit code 0 published, 1 not validated, 2 wrong use."""
    arguments = parser(__doc__ or "", "scripts/export.py --out output")
    arguments.add_argument(
        "--out",
        type=Path,
        default=PROJECT_ROOT / "output",
        metavar="DIR",
        help="folder that holds published/ (default: output)",
    )
    options = arguments.parse_args(argv)
    try:
        with working("publishing marts and reports"):
            version = publish(warehouse_path(), options.out)
    except OSError as error:
        raise UserError(f"cannot write to {options.out}: {error.strerror}") from error
    manifest = json.loads((version / MANIFEST).read_text(encoding="utf-8"))
    rows = sum(published["rows"] for published in manifest["relations"])
    print(
        f"published: {len(manifest['relations'])} relations, {rows:,} rows in "
        f"{options.out / 'published' / 'current'} (build {manifest['build_id'][:8]})"
    )
    return OK


if __name__ == "__main__":
    run(main)
