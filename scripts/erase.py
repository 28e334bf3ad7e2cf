"""Erase a person on request, and prove it."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from lib.cli import CHECK_FAILED, OK, UserError, parser, run, say, warn, working
from lib.contract import Contract
from lib.erasure import salt
from lib.erasure.erasing import (
    Taken,
    clear,
    erase,
    rewrite,
    withdraw,
)
from lib.erasure.person import Person, find, normalise, was_erased
from lib.erasure.traces import Search, search_bytes, search_database, search_files
from lib.locks import handed_down
from lib.publish import read_manifest
from lib.warehouse import (
    PROJECT_ROOT,
    connect,
    dbt_folders,
    legible,
    require_warehouse,
    undisturbed,
    warehouse_path,
)

DESCRIPTION = """\
Erase the golden person who has an e-mail address: all records and addresses of theirs.

  raw tables, quarantine    rows about the person go, mentions elsewhere are emptied
  closed months             keep their figures, without keys of the person
  what was built of them    goes, and is built again without the person
  OUT                       publications (all versions), audiences, failing rows, Data
                            Docs and the report go, and are written again; queues
                            and spreadsheets of reports go
  dbt's target and logs     files about the person go
  the warehouse's file      is written anew, so that no page keeps what was deleted

What stays is a salted hash of each address, record key, telephone number and full name,
by which a later landing turns the person away (raw_meta.rejects: erased on request).
The salt is what MOPS_ERASURE_SALT says, else the file mops.erasure_salt beside the
warehouse: back it up apart from it. An address, name or number that
other people have too stays theirs.

In the end every table and file is searched for the person. Killed on the way, the
command is to be run again. The files that were landed, the sources themselves and
backups are out of its reach: erase the person there too. A Postgres that was exported
to holds no address or name, but keys of the person until the next export.

exit code: 0 erased and nothing found; 1 something was found, or the build failed; 2
wrong use, or nobody has the address."""

Vars = dict[str, object]
# By whether the publication that stood held personal data.
_PUBLISHING = {
    False: ("validate.py marts", "export.py", "report.py"),
    True: ("validate.py marts", "export.py --with-pii", "report.py"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(DESCRIPTION, "python scripts/erase.py --email ann@example.com")
    arguments.add_argument("--email", required=True, help="an address of the person")
    arguments.add_argument(
        "--out",
        type=Path,
        default=PROJECT_ROOT / "output",
        metavar="DIR",
        help="folder of publications and reports (default: output)",
    )
    arguments.add_argument(
        "--no-build",
        action="store_true",
        help="leave building, validating and publishing to the next make run",
    )
    options = arguments.parse_args(argv)
    warehouse = warehouse_path()
    with undisturbed(warehouse):
        return _erased(warehouse, options)


def _erased(warehouse: Path, options: argparse.Namespace) -> int:
    """Erase, write anew, build again and search; return the exit code."""
    contract = Contract.read()
    current = options.out / "published" / "current"
    was_published = current.exists()
    had_pii = read_manifest(current).get("with_pii") is True
    person, taken, settings = _erase(warehouse, contract, options.email, options.out)
    with working("writing the warehouse anew"):
        rewrite(warehouse)
        clear(dbt_folders(), person)
    built = True
    if not options.no_build:
        with working("building again"):
            publishing = _PUBLISHING[had_pii] if was_published else ()
            built = build(warehouse, options.out, settings, publishing)
    search = prove(warehouse, contract, person, options.out)
    _report(person, taken, search)
    if not built:
        warn("the build failed, so nothing is published: run make run")
    return CHECK_FAILED if search.count or not built else OK


def _erase(
    warehouse: Path, contract: Contract, email: str, out: Path
) -> tuple[Person, Taken, Vars]:
    """Erase in warehouse and OUT; return whom, how much, and the vars of the build."""
    require_warehouse(warehouse)
    with legible(warehouse), connect(warehouse) as connection:
        address = normalise(connection, email)
        salt.prepare(connection, warehouse)
        settings = _settings(connection)
        again = was_erased(connection, address)
        person = None
        if not again or settings:
            with working("looking for the person"):
                person = find(connection, contract, address)
        if person is None and not again:
            raise UserError("nobody here has that address")
        with working("erasing"):
            withdraw(out)
            taken = erase(connection, contract, person)
    return person or Person((), (address,)), taken, settings


def _settings(connection: duckdb.DuckDBPyConnection) -> Vars:
    """Return the vars that the last build went by, none where nothing is built."""
    try:
        cursor = connection.execute("select * from marts.dim_build_settings")
    except duckdb.CatalogException:
        return {}
    names = [column[0] for column in cursor.description or ()]
    row = cursor.fetchone()
    settings = dict(zip(names, row, strict=True)) if row else {}
    if "as_of" in settings:
        settings["as_of"] = f"{settings['as_of']:%Y-%m-%dT%H:%M:%S.%f}"
    return settings


def build(
    warehouse: Path, out: Path, settings: Vars, publishing: Sequence[str]
) -> bool:
    """Build as the last build did, and run what publishes as it was published."""
    folder = Path(sys.executable).parent
    dbt = [str(folder / "dbt"), "--quiet", "build", "--vars", json.dumps(settings)]
    steps = [[*dbt, "--exclude-resource-type", "unit_test"]]
    for script in publishing:
        name, *more = script.split()
        command = [sys.executable, str(PROJECT_ROOT / "scripts" / name), *more]
        steps.append([*command, "--out", str(out)])
    environment = {
        **os.environ,
        "MOPS_WAREHOUSE": str(warehouse),
        "DBT_PROFILES_DIR": str(PROJECT_ROOT),
        "DO_NOT_TRACK": "1",
    }
    return all(
        subprocess.run(
            step,
            cwd=PROJECT_ROOT,
            env=environment,
            check=False,
            pass_fds=handed_down(),
        ).returncode
        == OK
        for step in steps
    )


def prove(warehouse: Path, contract: Contract, person: Person, out: Path) -> Search:
    """Search the warehouse and all that was written for the person."""
    search = Search()
    with working("searching for what is left"):
        search_database(warehouse, person, contract, search)
        search.files += 1
        search.add(f"{warehouse} (bytes)", search_bytes(warehouse, person))
        for aside in (
            *warehouse.parent.glob(f"{warehouse.stem}.corrupt-*"),
            *warehouse.parent.glob(f".salvage-{warehouse.name}"),
        ):
            search.add(f"{aside} (nobody can tell: delete it)", 1)
        folders = [out, PROJECT_ROOT / "seeds", warehouse.with_suffix(".pull")]
        folders += dbt_folders()
        present = [folder for folder in folders if folder.is_dir()]
        search_files(present, person, contract, search)
    return search


def _report(person: Person, taken: Taken, search: Search) -> None:
    print(
        f"erased: {taken.rows:,} rows, {taken.cells:,} mentions in other rows, "
        f"{taken.rejects:,} rejected rows"
    )
    print(
        f"searched for {len(person.emails)} addresses, {len(person.names)} names, "
        f"{len(person.phones)} phones and {len(person.records)} record keys in "
        f"{search.tables:,} tables ({search.rows:,} rows) and {search.files:,} files: "
        f"{search.count:,} found"
    )
    for kind in person.shared:
        say(f"kept: {kind} that other people have too")
    for place, count in sorted(search.found.items()):
        warn(f"{count:,} found in {place}")


if __name__ == "__main__":
    run(main)
