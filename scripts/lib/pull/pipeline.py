"""The dlt pipeline of an API: pages in, files for the landing out.

dlt commits a cursor together with the rows that were read up to it, on disk, before
they are written to files; rows that a stopped run left behind become files first thing
in the next one. A file is deleted once it has landed. So at any moment a row is behind
the cursor only if it is in the warehouse or on its way there.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dlt
from dlt.common.schema.typing import TTableSchema
from dlt.extract import DltResource
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.rest_api import rest_api_resources

from lib.cli import say
from lib.contract import Contract
from lib.pull.config import Api, Feed, PulledTable, filled
from lib.pull.http import Credentials, LastIdPaginator, session
from lib.pull.objects import Plan, landed_links, linked_records, plan_of
from lib.pull.rows import Record, RowMaker, iso_of, milliseconds_of, value_at

_CURSOR = "pull_cursor"
_SECONDS_BETWEEN_LINES = 10
_FORMATS: dict[str, Callable[[int], str]] = {"ms": str, "iso": iso_of}


class Puller:
    """Pulls tables of one API into files below a folder that only it writes to."""

    def __init__(
        self,
        api: Api,
        credentials: Credentials,
        contract: Contract,
        folder: Path,
        since: int | None = None,
    ) -> None:
        """Take where to pull from and the folder of files and state.

        `since`, milliseconds since 1970, is where to begin if the last pull went
        further, or if there was none.
        """
        self.api = api
        self.contract = contract
        self.since = since
        self.files = folder / "files"
        self._state_folder = folder / "dlt"
        self._session = session(credentials.auth)
        self._client = RESTClient(api.url, session=self._session)
        self._pipeline = self._new_pipeline()

    def forget(self) -> None:
        """Forget how far the last pulls went, so that everything is pulled again."""
        self._pipeline.drop()
        shutil.rmtree(self._state_folder, ignore_errors=True)
        self._pipeline = self._new_pipeline()

    def pending(self) -> list[Path]:
        """Return the files that have not landed, in the order in which they should."""
        return sorted(self.files.glob("*/*/*.parquet"))

    def finish(self) -> None:
        """Write the files of rows that were read, by an earlier run too."""
        if self._pipeline.has_pending_data:
            self._pipeline.normalize()
            self._pipeline.load()
        self._tidy()

    def pull(self, table: PulledTable) -> int:
        """Pull what changed of a table into files and return the number of records.

        Raises:
            Exception: what dlt and requests raise; the cursor then stays where it was.
        """
        begin = time.monotonic()
        plan = plan_of(self.api, table, self.contract, self._client)
        last = self._rewound(table)
        progress = _Progress(f"{self.api.source}.{table.name}")
        try:
            self._pipeline.extract(self._source(plan, last, progress)())
        finally:
            self._tidy()
        self.finish()
        seconds = time.monotonic() - begin
        say(f"{progress.name}  {progress.count:,} records pulled, {seconds:.1f} s")
        return progress.count

    def _new_pipeline(self) -> dlt.Pipeline:
        return dlt.pipeline(
            f"pull_{self.api.source}",
            pipelines_dir=str(self._state_folder),
            destination=_landing_files(self.files / self.api.source),
        )

    def _tidy(self) -> None:
        """Delete what dlt keeps of finished work and of reads that were broken off."""
        work = Path(self._pipeline.working_dir)
        kept = [*work.glob("load/loaded/*"), *work.glob("normalize/*/")]
        for folder in kept:
            if folder.is_dir() and folder.name != "extracted":
                shutil.rmtree(folder, ignore_errors=True)
        (work / "trace.pickle").unlink(missing_ok=True)

    def _source(
        self, plan: Plan, last: Mapping[str, int], progress: _Progress
    ) -> Callable[[], Any]:
        table = plan.table
        feeds = [(feed, True) for feed in table.feeds]
        feeds += [(feed, False) for feed in table.parents]
        resources = {
            resource.name: resource
            for resource in rest_api_resources(
                {
                    "client": {"base_url": self.api.url, "session": self._session},
                    "resources": [
                        self._resource(plan, feed, last) for feed, _ in feeds
                    ],
                }
            )
        }

        def source() -> Iterator[DltResource]:
            for feed in table.feeds:
                name = _name(table, feed)
                yield resources[name] | dlt.transformer(
                    self._tables(plan, progress), name=f"{name}__rows"
                )

        return dlt.source(source, name=self.api.source)

    def _resource(self, plan: Plan, feed: Feed, last: Mapping[str, int]) -> Any:
        endpoint = filled(feed.endpoint, plan.values)
        if endpoint["paginator"]["type"] == "last_id":
            endpoint["paginator"] = LastIdPaginator(endpoint["paginator"]["property"])
        resource = {"name": _name(plan.table, feed), "endpoint": endpoint}
        if feed.cursor is None:
            return resource
        reached = last.get(resource["name"])
        newest = max(_now(), reached or 0)
        endpoint["incremental"] = {
            "cursor_path": _CURSOR,
            # dlt never asks for what lies before it, the overlap included.
            "initial_value": 0 if reached is not None else self.since or 0,
            "lag": plan.table.lag_seconds * 1000,
            "primary_key": [],
            "on_cursor_value_missing": "include",
            "convert": _FORMATS[feed.cursor_format],
        }
        # A page read late tells of changes later than those that an earlier page
        # missed: the cursor must not go beyond the moment at which the pull began.
        resource["processing_steps"] = [{"map": _stamp(feed.cursor, newest)}]
        return resource

    def _tables(
        self, plan: Plan, progress: _Progress
    ) -> Callable[[list[Record]], Iterator[Any]]:
        makers = {
            id(rule): RowMaker(rule, self.contract.table(self.api.source, rule.table))
            for rule in (*plan.rules, *plan.table.all_rules)
        }

        landed = landed_links(self.contract.source(self.api.source).schema)

        def tables(page: list[Record]) -> Iterator[Any]:
            records = page if isinstance(page, list) else [page]
            progress.add(len(records))
            made = [(rule, records) for rule in plan.rules]
            made += linked_records(plan.table, records, self._client, landed)
            for rule, found in made:
                rows = makers[id(rule)].table(found)
                if rows.num_rows:
                    yield dlt.mark.with_table_name(rows, rule.table)

        return tables

    def _rewound(self, table: PulledTable) -> dict[str, int]:
        """Set cursors back to `since` and return where each of a table's feeds is."""
        reached: dict[str, int] = {}
        with self._pipeline.managed_state() as state:
            sources = state.get("sources", {})
            resources = sources.get(self.api.source, {}).get("resources", {})
            for feed in (*table.feeds, *table.parents):
                name = _name(table, feed)
                cursor = resources.get(name, {}).get("incremental", {}).get(_CURSOR)
                if not cursor or cursor.get("last_value") is None:
                    continue
                if self.since is not None:
                    cursor["last_value"] = min(cursor["last_value"], self.since)
                reached[name] = cursor["last_value"]
        return reached


class _Progress:
    """Counts the records of a table and tells of them now and then."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self._told = time.monotonic()

    def add(self, count: int) -> None:
        self.count += count
        if time.monotonic() - self._told > _SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            say(f"{self.name}  {self.count:,} records …")


def _name(table: PulledTable, feed: Feed) -> str:
    return f"{table.name}__{feed.name}"


def _now() -> int:
    return int(time.time() * 1000)


def _stamp(path: str, newest: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def stamp(record: dict[str, Any]) -> dict[str, Any]:
        changed = milliseconds_of(value_at(record, path))
        record[_CURSOR] = None if changed is None else min(changed, newest)
        return record

    return stamp


def _landing_files(folder: Path) -> Any:
    """Return a dlt destination: a folder of Parquet files for each table."""

    def write(items: Any, table: TTableSchema) -> None:
        job = Path(items)
        load_id, file_id = job.parents[1].name, job.name.split(".")[1]
        target = folder / str(table["name"]) / f"{load_id}.{file_id}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".part")
        shutil.copyfile(job, unfinished)
        unfinished.replace(target)

    return dlt.destination(
        write, name="landing_files", batch_size=0, loader_file_format="parquet"
    )
