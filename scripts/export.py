"""Publish the validated marts and reports as read-only DuckDB and Parquet files.

With --queue, write the leads that no rep has, and who is to get each by the routing
rules, as OUT/queues/assignments.csv instead.

Personal data is left out unless --with-pii is given: columns that are tagged `pii` in
the YAML of marts and reports. The manifest says which, and how many keys are hashed.

With --postgres, copy what is published to the schemas marts and reports of the Postgres
that MOPS_POSTGRES_DSN names (or PGHOST, PGDATABASE, PGUSER …), where the role bi_reader
reads it. With --reports, write what is published of the reports as files for a
spreadsheet. Both take what stands in OUT/published, if it is of the build that passed.

With --audience, write one audience as OUT/audiences/NAME.csv for a mail tool instead.
Nobody who objects to marketing e-mail is ever in it: objections are read anew from all
that is landed. Publishing stops, too, where one that landed since the build bars
somebody in an audience; else it writes the audience files that are there anew. Where
nothing may be exported, those that name such a person are removed. So is an older
publication with such a person in an audience.

Where a build is not published, OUT/published/refused.json says when and why until one
is; with --refused, it is this that is written, and nothing is published.
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
from lib.postgres import export_to_postgres
from lib.publish import (
    check_audit,
    has_pii,
    latest_publication,
    publish,
    read_manifest,
)
from lib.refusals import drop_refusal, note_refusal
from lib.report_files import WRITERS, write_reports
from lib.warehouse import PROJECT_ROOT, connect, legible, undisturbed, warehouse_path

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
        help="folder that holds what is written (default: output)",
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
    what.add_argument(
        "--postgres",
        action="store_true",
        help="copy what is published to Postgres instead",
    )
    what.add_argument(
        "--reports",
        choices=sorted(WRITERS),
        help="write the published reports as OUT/reports/NAME.csv or .xlsx instead",
    )
    what.add_argument(
        "--refused",
        metavar="WHY",
        help="write down that a build is not to be published, and why, instead",
    )
    options = arguments.parse_args(argv)
    others = (options.queue, options.postgres, options.reports, options.audience)
    if options.with_pii and (any(others) or options.refused is not None):
        arguments.error("--with-pii goes with publishing alone")
    try:
        if options.refused is not None:
            note_refusal(options.out, [options.refused])
            return OK
        with undisturbed(), _dropping_stale_audiences(options.out):
            if options.audience is not None:
                return _export_audience(options.audience, options.out)
            if options.queue:
                return _export_queue(options.out)
            if options.postgres:
                return _export_to_postgres(options.out)
            if options.reports:
                return _export_reports(options.out, options.reports)
            with _noting_refusal(options.out):
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


@contextmanager
def _noting_refusal(out: Path) -> Iterator[None]:
    """Let who reads the publication that stands know of a build that is refused."""
    try:
        yield
    except UserError as error:
        if error.exit_code == CHECK_FAILED:
            note_refusal(out, [str(error)])
        raise
    drop_refusal(out)


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


def _passed_publication(out: Path) -> Path:
    """Return the publication that stands, which must be of the build that passed.

    Raises:
        UserError: exit code 1 when it is of another build, or the marts did not pass.
    """
    with legible(), connect(read_only=True) as connection:
        check_audiences(connection)
    build_id = check_audit(warehouse_path())
    version = latest_publication(out)
    if read_manifest(version)["build_id"] != build_id:
        raise UserError(
            f"nothing exported: {version} is of an earlier build; run export.py",
            CHECK_FAILED,
        )
    return version


def _export_to_postgres(out: Path) -> int:
    with working("exporting to Postgres"):
        exported = export_to_postgres(_passed_publication(out))
    print(
        f"exported: {exported.relations} relations, {exported.rows:,} rows to the "
        f"database {exported.database} (publication {exported.publication_id})"
    )
    return OK


def _export_reports(out: Path, suffix: str) -> int:
    with working("writing reports"):
        files = write_reports(_passed_publication(out), out, suffix)
    print(
        f"exported: {len(files.rows)} reports, {sum(files.rows.values()):,} rows in "
        f"{files.folder}"
    )
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
