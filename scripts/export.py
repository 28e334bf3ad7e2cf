"""Publish the validated marts and reports as read-only DuckDB and Parquet files.

With --queue, write the leads that no rep has, and who is to get each by the routing
rules, as OUT/queues/assignments.csv instead.

With --audience, write one audience as OUT/audiences/NAME.csv for a mail tool instead.
Nobody who objects to marketing e-mail is ever in it: objections are read anew from all
that is landed. Publishing stops, too, where one that landed since the build bars
somebody in an audience; else it writes the audience files that are there anew. Where
nothing may be exported, those that name such a person are removed. So is an older
publication with such a person in an audience.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lib.audiences import (
    check_audiences,
    drop_objecting_audiences,
    drop_objecting_versions,
    refresh_audiences,
    write_audience,
)
from lib.cli import CHECK_FAILED, OK, UserError, parser, run, say, warn, working
from lib.lead_queue import write_queue
from lib.publish import check_audit, has_pii, publish, read_manifest
from lib.warehouse import PROJECT_ROOT, connect, legible, warehouse_path

EXAMPLE = "scripts/export.py --out output; scripts/export.py --queue"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; exit code 0 done, 1 not validated or objected, 2 wrong use."""
    arguments = parser(__doc__ or "", EXAMPLE)
    arguments.add_argument(
        "--with-pii",
        action="store_true",
        help="publish what tells of a person, too: addresses, names, titles, phones "
        "and free texts, which are left out otherwise",
    )
    arguments.add_argument(
        "--out",
        type=Path,
        default=PROJECT_ROOT / "output",
        metavar="DIR",
        help="folder that holds published/, audiences/ and queues/ (default: output)",
    )
    what = arguments.add_mutually_exclusive_group()
    what.add_argument(
        "--queue",
        action="store_true",
        help="write whom the leads that no rep has go to as a file instead",
    )
    what.add_argument(
        "--audience",
        metavar="NAME",
        help="write this audience of the seed audiences as a file instead",
    )
    options = arguments.parse_args(argv)
    if options.with_pii and (options.queue or options.audience is not None):
        arguments.error("--with-pii goes with publishing alone")
    try:
        with _dropping_stale_audiences(options.out):
            if options.audience is not None:
                return _export_audience(options.audience, options.out)
            if options.queue:
                return _export_queue(options.out)
            return _publish(options.out, with_pii=options.with_pii)
    except OSError as error:
        raise UserError(f"cannot write to {options.out}: {error.strerror}") from error


@contextmanager
def _dropping_stale_audiences(out: Path) -> Iterator[None]:
    """Let no audience file with an objector outlive an export that is refused."""
    try:
        yield
    except UserError as error:
        if error.exit_code == CHECK_FAILED:
            with connect(read_only=True) as connection:
                for cause in (
                    *drop_objecting_audiences(connection, out),
                    *drop_objecting_versions(connection, out),
                ):
                    warn(cause)
        raise


def _export_audience(name: str, out: Path) -> int:
    with working(f"exporting the audience {name}"):
        check_audit(warehouse_path())
        with legible(), connect(read_only=True) as connection:
            audience = write_audience(connection, name, out)
    print(f"exported: {audience.people:,} people in {audience.path}")
    return OK


def _export_queue(out: Path) -> int:
    with working("exporting the queue of leads"):
        check_audit(warehouse_path())
        with legible(), connect(read_only=True) as connection:
            queue = write_queue(connection, out)
    for owner, leads in queue.by_owner.items():
        print(f"{leads:>6,}  {owner}")
    print(f"exported: {queue.leads:,} leads in {queue.path}")
    return OK


def _publish(out: Path, *, with_pii: bool) -> int:
    with working("publishing marts and reports"):
        with legible(), connect(read_only=True) as connection:
            check_audiences(connection)
        version = publish(warehouse_path(), out, with_pii=with_pii)
    with legible(), connect(read_only=True) as connection:
        audiences, gone = refresh_audiences(connection, out)
        gone += drop_objecting_versions(connection, out)
    for audience in audiences:
        say(f"written anew: {audience.people:,} people in {audience.path}")
    for cause in gone:
        warn(cause)
    manifest = read_manifest(version)
    for name in manifest["relations_left_out"]:
        warn(f"{name} is left out: no YAML describes it")
    rows = sum(published["rows"] for published in manifest["relations"])
    left_out = sum(len(published["left_out"]) for published in manifest["relations"])
    hashed = sum(published["hashed_values"] for published in manifest["relations"])
    print(
        f"published: {len(manifest['relations'])} relations, {rows:,} rows in "
        f"{out / 'published' / 'current'} (build {manifest['build_id'][:8]})"
    )
    if has_pii(manifest):
        print("with personal data: keep it where personal data may lie")
    else:
        print(
            f"without personal data: {left_out:,} columns left out, {hashed:,} keys "
            "and texts hashed"
        )
    return OK


if __name__ == "__main__":
    run(main)
