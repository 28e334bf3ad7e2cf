"""Pull what changed in HubSpot or Salesforce into the raw tables of the warehouse."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

import load
from lib.cli import OK, WRONG_USE, UserError, fail, parser, run, say, warn
from lib.contract import STAGING_FOLDER, Contract
from lib.locks import alone
from lib.pull.config import APIS, Api, PulledTable
from lib.warehouse import connect, warehouse_path

if TYPE_CHECKING:
    from lib.pull.http import Credentials
    from lib.pull.pipeline import Puller

DESCRIPTION = """\
Pull what changed in HubSpot or Salesforce into the raw tables of the warehouse.

The first pull takes everything, the next ones what changed since. Rows are landed by
scripts/load.py, by the same source contract: a column is pulled if it is declared
there. What was pulled and could not be landed is landed by the next pull.

environment:
  HUBSPOT_ACCESS_TOKEN      token of a private app
  SALESFORCE_INSTANCE_URL   https://….my.salesforce.com, and either
  SALESFORCE_ACCESS_TOKEN   or SALESFORCE_CLIENT_ID with SALESFORCE_CLIENT_SECRET
  HUBSPOT_API_URL           another address, of a sandbox for instance
  RUNTIME__REQUEST_MAX_ATTEMPTS, RUNTIME__REQUEST_BACKOFF_FACTOR (seconds)
                            how stubbornly dlt asks again (5, 1)

exit code: 0 done, even if rows were rejected; 2 wrong use, a table that could not be
pulled (the others are landed all the same), or one that could not be landed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(
        DESCRIPTION, "python scripts/pull.py hubspot --tables contact,deal"
    )
    arguments.add_argument("api", choices=APIS, help="what to pull from")
    arguments.add_argument(
        "--tables",
        default="",
        metavar="NAMES",
        help="raw tables, separated by commas (default: all)",
    )
    arguments.add_argument(
        "--since",
        type=_since,
        metavar="DATE",
        help="go back to this day, whatever was pulled before (UTC)",
    )
    arguments.add_argument(
        "--contract",
        type=Path,
        default=STAGING_FOLDER,
        metavar="FOLDER",
        help="folder of the source contracts (default: models/staging)",
    )
    options = arguments.parse_args(argv)
    api = Api.read(options.api)
    tables = api.chosen([name for name in options.tables.split(",") if name])
    contract = Contract.read(options.contract)
    folder = warehouse_path().with_suffix(".pull") / api.source
    with _alone(folder):
        return _pull(api, tables, contract, folder, options)


def _pull(
    api: Api,
    tables: Sequence[PulledTable],
    contract: Contract,
    folder: Path,
    options: argparse.Namespace,
) -> int:
    """Pull tables, land all that is there to land, and return the exit code."""
    _settle_dlt(folder)
    from lib.pull.http import credentials_of  # noqa: PLC0415 - dlt takes a while
    from lib.pull.pipeline import Puller  # noqa: PLC0415

    credentials = credentials_of(api)
    puller = Puller(api, credentials, contract, folder, options.since)
    landed = folder / "landed"
    if landed.exists() and not _has_landed(landed.read_text(encoding="utf-8")):
        say("the warehouse does not hold what was pulled before: pulling everything")
        puller.forget()
        landed.unlink()
    puller.finish()
    if puller.pending():
        say("landing what an earlier pull left behind")
        _land(puller, options.contract, landed)
    refused, failed = _pull_tables(puller, tables, credentials)
    code = _land(puller, options.contract, landed)
    if refused is not None:
        raise refused
    return WRONG_USE if failed else code


def _pull_tables(
    puller: Puller, tables: Sequence[PulledTable], credentials: Credentials
) -> tuple[UserError | None, int]:
    """Pull tables one by one; return what stopped it and how many failed."""
    from lib.pull.http import explain, is_missing  # noqa: PLC0415 - as above

    failed = 0
    for table in tables:
        name = f"{puller.api.source}.{table.name}"
        try:
            puller.pull(table)
        except Exception as error:
            cause = explain(puller.api, credentials, error)
            if isinstance(cause, KeyboardInterrupt):
                raise KeyboardInterrupt from None
            if isinstance(cause, UserError):
                return cause, failed
            if table.object_name and is_missing(error):
                warn(f"{name}: {puller.api.name} has no {table.object_name}, skipped")
                continue
            failed += 1
            fail(f"{name}: {cause}")
    return None, failed


def _land(puller: Puller, contract: Path, landed: Path) -> int:
    """Land every file that was pulled, as load.py does, and delete what has landed."""
    puller.files.mkdir(parents=True, exist_ok=True)
    code = load.main([str(puller.files), "--contract", str(contract)])
    pulled = puller.pending()
    if code == OK and pulled:
        name = pulled[-1].relative_to(puller.files).as_posix()
        landed.write_text(name, encoding="utf-8")
        for file in pulled:
            file.unlink()
    return code


def _has_landed(file: str) -> bool:
    """Return whether a file is in the warehouse's log of loads."""
    if not warehouse_path().exists():
        return False
    with connect(read_only=True) as connection:
        try:
            query = "select 1 from raw_meta.loads where file = ? limit 1"
            return connection.execute(query, [file]).fetchone() is not None
        except duckdb.CatalogException:
            return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Make the folder of a source, for its owner only, and keep other pulls out.

    Raises:
        UserError: another pull is under way, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(folder / "lock", f"another pull of {folder.name} is under way"):
            yield
    except PermissionError as error:
        raise UserError(f"{folder} cannot be written: check permissions") from error


def _settle_dlt(folder: Path) -> None:
    """Keep dlt silent, off the network but for the API, and inside the folder."""
    os.environ |= {
        "DLT_DATA_DIR": str(folder / "dlt"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "CRITICAL",
        "RUNTIME__HTTP_SHOW_ERROR_BODY": "false",
        "RESTORE_FROM_DESTINATION": "false",
        "LOAD__DELETE_COMPLETED_JOBS": "true",
        "LOAD__WORKERS": "1",
        # Feed after feed: a record that is deleted meanwhile lands as deleted.
        "EXTRACT__NEXT_ITEM_MODE": "fifo",
    }


def _since(text: str) -> int:
    """Return a date, or a time in UTC, as milliseconds since 1970."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a date such as 2026-01-31"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


if __name__ == "__main__":
    run(main)
