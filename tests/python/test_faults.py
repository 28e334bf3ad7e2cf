"""Kills, full disks, damaged files and two at once: nothing is lost, and it is told.

`make faults` kills the commands at fifty random moments besides.
"""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import pytest

import close
import dbt_process
import erase
import export
import forecast
import load
import own_process_work
import salvage
import score
import validate
from conftest import Warehouse, prepared_warehouse, write_tables
from kills import Stage, Trial
from lib import locks, salvaging
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.erasure import salt
from lib.locks import alone, alone_or_within, handed_down
from lib.publish import latest_publication, publish
from lib.warehouse import PROJECT_ROOT, connect, log_of_changes, undisturbed
from other_process import ended, held_open, killed_after, started
from own_process_work import have_it_done, landed_elsewhere, rules_imported
from places import Place, content, differences, of_warehouse
from published_company import validate as passed
from test_attribution_increments import World
from test_attribution_increments import content as credits_of

Command = tuple[Callable[[Sequence[str]], int], tuple[str, ...]]

# What opens the warehouse to write it, or to copy what it holds.
COMMANDS: dict[str, Command] = {
    "load": (load.main, ("IN",)),
    "validate": (validate.main, ("raw", "--out", "OUT")),
    "score": (score.main, ("train",)),
    "forecast": (forecast.main, ()),
    "close": (close.main, ("--month", "2025-01")),
    "erase": (erase.main, ("--email", "ann@example.com", "--out", "OUT")),
    "export": (export.main, ("--out", "OUT")),
    "salvage": (salvage.main, ()),
}
TABLES = {
    "people": [
        {"person_id": f"p{number}", "record_type": "lead", "created_at": "2025-01-02"}
        for number in range(20_000)
    ],
    "touches": [
        {"touch_id": f"t{number}", "person_id": f"p{number}", "touch_type": "visit"}
        | {"touched_at": f"2025-02-03 00:00:{number % 60:02d}", "channel": "email"}
        for number in range(20_000)
    ],
}


class Room:
    """Raw files, a warehouse, and a folder for what is written of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = folder / "warehouse" / "mops.duckdb"
        self.out = folder / "output"
        self.raw = write_tables(folder / "raw", TABLES)

    def words(self, arguments: Sequence[str]) -> list[str]:
        names = {"IN": str(self.raw), "OUT": str(self.out)}
        return [names.get(word, word) for word in arguments]

    def land(self) -> None:
        assert load.main([str(self.raw), "--quiet"]) == OK

    def begin(self) -> None:
        """Take a warehouse with seeds and staging views, and land in it."""
        self.warehouse.parent.mkdir(mode=0o700)
        shutil.copy(prepared_warehouse(), self.warehouse)
        self.land()

    def rows(self) -> dict[str, tuple[int, int]]:
        return content(self.warehouse)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    made = Room(tmp_path)
    monkeypatch.setenv("MOPS_WAREHOUSE", str(made.warehouse))
    return made


@pytest.fixture
def landed(room: Room) -> Room:
    room.begin()
    return room


def told(room: Room, name: str) -> str:
    """Return the one line that a command ends with."""
    main, arguments = COMMANDS[name]
    with pytest.raises(UserError) as caught:
        main(room.words(arguments))
    assert caught.value.exit_code == WRONG_USE
    assert "\n" not in str(caught.value)
    return str(caught.value)


def limited(
    blocks: int, name: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a script that may write files of so many blocks of 512 bytes."""
    path = str(PROJECT_ROOT / "scripts" / f"{name}.py")
    command = ["/bin/sh", "-c", f'ulimit -f {blocks} && exec "$@"', "sh"]
    command += [sys.executable, path, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def build_up_to(world: World, warehouse: Path, last: str) -> None:
    """Build attribution, and die as soon as a model stands."""

    def kill(event: object) -> None:
        said = str(event)
        if f"int_attribution__{last}" in said and "OK created" in said:
            os.kill(os.getpid(), signal.SIGKILL)

    dbt_process.print_error = kill
    world.build(warehouse)


class TestTwoAtOnce:
    """One works on the warehouse at a time, between two openings of it too."""

    @pytest.mark.parametrize("name", COMMANDS)
    def test_beside_a_run_every_command_is_refused(self, room: Room, name: str) -> None:
        room.warehouse.parent.mkdir()
        shutil.copy(prepared_warehouse(), room.warehouse)
        before = room.warehouse.read_bytes()
        with alone(room.warehouse.with_suffix(".run.lock"), "a run"):
            said = told(room, name)
        assert said.startswith(
            f"another run is at work on the warehouse {room.warehouse} "
            f"(process {os.getpid()} "
        )
        assert said.endswith("): wait for it or stop it")
        assert room.warehouse.read_bytes() == before

    def test_who_holds_the_lock_goes_on_under_it(self, room: Room) -> None:
        with undisturbed(), undisturbed():
            room.land()
            assert handed_down()
        assert not handed_down()

    def test_what_a_killed_run_left_at_work_is_waited_for(
        self, room: Room, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lock = room.folder / "a.lock"
        done = room.folder / "done"
        process = started(have_it_done, lock, done)
        while not lock.with_name("begun").exists():
            assert process.is_alive()
            time.sleep(0.01)
        # As long as it lives, a second one is refused.
        with (
            pytest.raises(UserError, match=f"busy .process {process.pid} .*; "),
            alone(lock, "busy"),
        ):
            pass
        process.kill()
        ended(process)
        assert not done.exists()
        with alone(lock, "busy"):
            assert done.exists()
        assert "waiting for what one that was killed left at work" in (
            capsys.readouterr().err
        )

    def test_who_goes_on_under_a_lock_is_named_by_it(self, room: Room) -> None:
        lock, done = room.folder / "a.lock", room.folder / "done"
        with alone_or_within(lock, "busy"):
            child = subprocess.Popen(
                [sys.executable, "-c", own_process_work.WORK, str(lock), str(done)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                pass_fds=handed_down(),
            )
            while not lock.with_name("begun").exists():
                assert child.poll() is None
                time.sleep(0.01)
        told = rf"busy .process {child.pid} .*: wait for it"
        with pytest.raises(UserError, match=told), alone(lock, "busy"):
            pass
        child.wait()
        with alone(lock, "busy"):
            assert done.exists()

    def test_a_lock_that_names_nobody_is_not_waited_for_without_end(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(locks, "_SIGNED_WITHIN_SECONDS", 0.3)
        lock = room.folder / "a.lock"
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with pytest.raises(UserError, match=r"^busy: wait"), alone(lock, "busy"):
                pass

    def test_a_link_to_a_warehouse_has_the_same_lock(self, landed: Room) -> None:
        link = landed.folder / "mops.duckdb"
        link.symlink_to(landed.warehouse)
        with undisturbed(), pytest.MonkeyPatch.context() as patch:
            patch.setenv("MOPS_WAREHOUSE", str(link))
            patch.setenv("MOPS_LOCKS", "")
            with (
                pytest.raises(UserError, match=r"^another run is at work"),
                undisturbed(),
            ):
                pass

    @pytest.mark.parametrize("name", COMMANDS)
    def test_a_warehouse_that_is_open_is_told_with_the_process(
        self, landed: Room, name: str
    ) -> None:
        with held_open(landed.warehouse) as holder:
            said = told(landed, name)
        assert (
            f"the warehouse {landed.warehouse} is in use by process {holder} (" in said
        )
        assert "python" in said
        assert said.endswith("wait for it or stop it")


class TestReadOnly:
    """A file that cannot be written is told in a line."""

    @pytest.mark.parametrize("name", ["load", "score", "forecast", "close", "erase"])
    def test_it_is_told(self, landed: Room, name: str) -> None:
        landed.warehouse.chmod(0o400)
        setpriv = shutil.which("setpriv")
        wrapper: list[str] = []
        if os.geteuid() == 0:
            if setpriv is None:
                pytest.skip("root writes what is read-only")
            rights = "-dac_override,-dac_read_search"
            wrapper = [setpriv, f"--bounding-set={rights}", f"--inh-caps={rights}"]
        path = str(PROJECT_ROOT / "scripts" / f"{name}.py")
        done = subprocess.run(
            [*wrapper, sys.executable, path, *landed.words(COMMANDS[name][1])],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == WRONG_USE, done.stderr
        assert done.stderr.splitlines()[-1] == (
            f"error: the warehouse {landed.warehouse} cannot be written: "
            "check its permissions"
        )
        assert "Traceback" not in done.stderr
        assert landed.rows()


class TestAFullDisk:
    """No room is told in a line; what stood before stays, and with room it goes on."""

    def test_a_landing(self, landed: Room) -> None:
        before = landed.rows()
        rows = [
            {"person_id": f"r{number}", "record_type": "lead"}
            | {"email": f"{random.random()}@x.example", "created_at": "2025-01-02"}  # noqa: S311
            for number in range(60_000)
        ]
        write_tables(landed.raw, {"people": rows})
        blocks = landed.warehouse.stat().st_size // 512
        done = limited(blocks, "load", str(landed.raw))
        assert done.returncode == WRONG_USE, done.stderr
        errors = [line for line in done.stderr.splitlines() if "error: " in line]
        assert len(errors) == 1
        assert f"there is no room for the warehouse {landed.warehouse}" in errors[0]
        assert "make room and run it again" in errors[0]
        assert "Traceback" not in done.stderr
        after = landed.rows()
        assert after["raw_generic.people"] == before["raw_generic.people"]
        assert after["raw_meta.loads"] == before["raw_meta.loads"]
        landed.land()
        with connect(read_only=True) as connection:
            found = connection.execute("select count(*) from raw_generic.people")
            assert found.fetchall() == [(20_000 + len(rows),)]

    def test_a_validation(self, landed: Room) -> None:
        before = landed.rows()
        asked = ("raw", "--out", str(landed.out))
        done = limited(0, "validate", *asked)
        assert done.returncode == WRONG_USE, done.stderr
        said = done.stderr.splitlines()[-1]
        assert said == f"error: cannot write to {landed.out}: File too large"
        assert "Traceback" not in done.stderr
        assert landed.rows() == before

    def test_a_run(self, room: Room) -> None:
        done = limited(0, "run", str(room.raw), "--out", str(room.out))
        assert done.returncode == WRONG_USE, done.stderr
        assert done.stderr.splitlines()[-1] == (
            "error: there is no room ([Errno 27] File too large): make room and run it "
            "again"
        )
        assert "Traceback" not in done.stderr
        assert not (room.out / "published" / "current").exists()

    def test_an_export(self, landed: Room) -> None:
        with connect() as connection:
            connection.execute("create schema marts")
            connection.execute(
                "create table marts.dim_reps as select hash(range) as rep_id "
                "from range(500000)"
            )
        passed(landed.warehouse)
        done = limited(2000, "export", "--with-pii", "--out", str(landed.out))
        assert done.returncode == WRONG_USE, done.stderr
        said = done.stderr.splitlines()[-1]
        assert "error: cannot write " in said
        assert "File too large" in said
        assert "Traceback" not in done.stderr
        assert not (landed.out / "published" / "current").exists()
        assert not list((landed.out / "published" / "versions").iterdir())
        assert publish(landed.warehouse, landed.out, with_pii=True)
        assert latest_publication(landed.out)


def damage(path: Path, table: str) -> None:
    """Overwrite a page of a table."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("checkpoint")
        ((block,),) = connection.execute(
            f"select min(block_id) from pragma_storage_info('{table}') "
            "where persistent and block_id >= 0"
        ).fetchall()
    with path.open("r+b") as file:
        file.seek(3 * 4096 + block * 262_144 + 4096)
        file.write(random.Random(1).randbytes(8192))  # noqa: S311


class TestADamagedFile:
    """It is told, put aside, and what can be read of it is saved."""

    def spoil(self, room: Room) -> None:
        with room.warehouse.open("r+b") as file:
            file.seek(4096)
            file.write(random.Random(1).randbytes(8192))  # noqa: S311

    @pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"salvage"}))
    def test_every_command_says_what_to_do(self, landed: Room, name: str) -> None:
        self.spoil(landed)
        said = told(landed, name)
        assert f"{landed.warehouse} is corrupt (" in said
        assert "run scripts/salvage.py" in said

    def test_what_cannot_be_opened_is_put_aside_and_landed_again(
        self, landed: Room, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = landed.rows()
        self.spoil(landed)
        broken = landed.warehouse.read_bytes()
        assert salvage.main([]) == CHECK_FAILED
        said = capsys.readouterr().out
        for lost in ("closed months", "who was erased", "history.person_statuses"):
            assert f"lost: {lost}: " in said
        (aside,) = landed.warehouse.parent.glob("mops.corrupt-*.duckdb")
        assert f"put aside: {aside}" in said
        assert aside.read_bytes() == broken
        assert not landed.warehouse.exists()
        assert landed.raw.is_dir()
        landed.land()
        after = landed.rows()
        assert {name: after[name] for name in before if name.startswith("raw_")} == {
            name: rows for name, rows in before.items() if name.startswith("raw_")
        }

    def test_what_can_be_read_is_saved(
        self, landed: Room, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with connect() as connection:
            for number in range(3):
                connection.execute(
                    "insert into raw_meta.closings (closing_id, month) "
                    f"values ('c{number}', '2025-01-01')"
                )
            connection.execute("create schema marts")
            connection.execute("create table marts.fct_quality_checks as select 1 as a")
        before = landed.rows()
        damage(landed.warehouse, "raw_generic.people")
        assert salvage.main([]) == CHECK_FAILED
        said = capsys.readouterr().out.splitlines()
        assert [line for line in said if line.startswith("lost")] == [
            "lost: raw_generic.people: its files land again; rows whose files are gone "
            "are lost"
        ]
        landed.land()
        after = landed.rows()
        kept = ("raw_", "marts.fct_quality_checks")
        assert {name: after[name] for name in before if name.startswith(kept)} == {
            name: rows for name, rows in before.items() if name.startswith(kept)
        }
        assert landed.warehouse.stat().st_mode & 0o777 == 0o600

    def test_a_damaged_log_of_changes_costs_its_changes_alone(
        self, landed: Room, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = landed.rows()
        late = "create table raw_generic.late as from range(5000)"
        change = (
            "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); "
            "c.execute(sys.argv[2]); os.kill(os.getpid(), 9)"
        )
        command = [sys.executable, "-c", change, str(landed.warehouse), late]
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
        log = Path(f"{landed.warehouse}.wal")
        spoilt = log.read_bytes()[:60] + bytes(len(log.read_bytes()) - 60)
        log.write_bytes(spoilt)
        assert "run scripts/salvage.py" in told(landed, "load")
        assert salvage.main([]) == CHECK_FAILED
        (lost,) = (
            line
            for line in capsys.readouterr().out.splitlines()
            if line.startswith("lost: ")
        )
        assert "the log of changes" in lost
        # A view that a landing makes anew.
        before.pop("raw_meta.open_rejects")
        assert landed.rows() == {
            name: rows for name, rows in before.items() if name.startswith("raw_")
        }
        (aside,) = landed.warehouse.parent.glob("mops.corrupt-*.wal")
        assert aside.read_bytes() == spoilt
        assert not log.exists()

    def test_who_is_killed_on_the_way_loses_and_doubles_nothing(
        self, landed: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The log of changes is sound, and changes what is in the file."""
        change = (
            "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); "
            "c.execute('insert into raw_meta.closings (closing_id) values (2)'); "
            "os.kill(os.getpid(), 9)"
        )
        with connect() as connection:
            connection.execute("insert into raw_meta.closings (closing_id) values (1)")
        damage(landed.warehouse, "raw_generic.people")
        command = [sys.executable, "-c", change, str(landed.warehouse)]
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
        closings = "select closing_id from raw_meta.closings order by 1"

        def killed(fresh: Path, warehouse: Path) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(salvaging, "put_in_place", killed)
            with pytest.raises(KeyboardInterrupt):
                salvage.main([])
        assert not log_of_changes(landed.warehouse).exists()
        assert salvage.main([]) == CHECK_FAILED
        assert Warehouse(landed.warehouse).rows(closings) == [("1",), ("2",)]

    def test_nothing_lands_where_it_is_lost_who_was_erased(self, landed: Room) -> None:
        salt.salt_file(landed.warehouse).write_text("x" * 64)
        self.spoil(landed)
        assert salvage.main([]) == CHECK_FAILED
        mark = salt.forgotten_file(landed.warehouse)
        assert f"then remove {mark}" in told(landed, "load")
        mark.unlink()
        landed.land()

    @pytest.mark.parametrize("beside", ["mops.duckdb.wal", "mops.erasure_salt"])
    def test_what_has_been_a_database_is_not_taken_for_unborn(
        self, landed: Room, beside: str
    ) -> None:
        with landed.warehouse.open("r+b") as file:
            file.truncate(8192)
        landed.warehouse.with_name(beside).write_text("x" * 64)
        assert "is corrupt" in told(landed, "load")
        assert landed.warehouse.stat().st_size == 8192

    def test_a_sound_one_is_left_alone(
        self, landed: Room, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = landed.warehouse.read_bytes()
        assert salvage.main([]) == OK
        assert "nothing is wrong" in capsys.readouterr().out
        assert landed.warehouse.read_bytes() == before
        assert list(landed.warehouse.parent.glob("*corrupt*")) == []

    def test_a_file_that_never_became_a_database_is_no_obstacle(
        self, room: Room
    ) -> None:
        room.warehouse.parent.mkdir()
        room.warehouse.touch()
        room.land()
        assert room.rows()["raw_generic.people"][0] == 20_000

    def test_another_file_of_that_name_is_not_touched(self, room: Room) -> None:
        room.warehouse.parent.mkdir()
        room.warehouse.write_text("notes")
        assert "is corrupt" in told(room, "load")
        assert room.warehouse.read_text() == "notes"


class TestKills:
    """Whoever is killed and run again has lost and doubled nothing."""

    def test_a_landing(self, room: Room) -> None:
        room.begin()
        calm = room.rows()
        chance = random.Random(3)  # noqa: S311
        landing = (load.main, [str(room.raw), "--quiet"])
        warm = partial(landed_elsewhere, room.raw)
        kills = 0
        for _ in range(6):
            shutil.copy(prepared_warehouse(), room.warehouse)
            kills += killed_after(chance.uniform(0.02, 1.5), *landing, after=warm)
            room.land()
            assert differences(calm, room.rows()) == []
        assert kills

    def test_what_tries_fifty_of_them_tries_one(self, room: Room) -> None:
        command = ("load.py", str(room.raw))
        calm = Place(room.folder / "calm")
        stage = Stage("load.py", calm.done(command))
        empty = Place(room.folder / "empty")
        trial = Trial(empty, command, [stage], of_warehouse, of_warehouse(calm))
        scratch, chance = room.folder / "scratch", random.Random(1)  # noqa: S311
        assert trial.survive(scratch, chance) == {"load.py": 1}
        lossy = replace(trial, calm={"raw_generic.people": (1, 0)})
        with pytest.raises(UserError, match=r"raw_generic.people is \(20000, "):
            lossy.survive(scratch, chance)

    @pytest.mark.parametrize("last", ["journey_positions", "position_credits"])
    def test_a_build_between_two_tables_that_must_agree(
        self, attribution: World, tmp_path: Path, last: str
    ) -> None:
        killed, calm = (
            attribution.copied(tmp_path / name / "mops.duckdb")
            for name in ("killed", "calm")
        )
        process = started(build_up_to, attribution, killed, last)
        assert ended(process) == -signal.SIGKILL
        attribution.build(calm)
        assert credits_of(killed) != credits_of(calm) or last == "position_credits"
        attribution.build(killed)
        assert credits_of(killed) == credits_of(calm)

    def test_a_validation(self, landed: Room) -> None:
        judge = ["raw", "--out", str(landed.out)]
        assert validate.main(judge) == OK
        history = (
            "select count(*), count(distinct run_id) from raw_meta.validation_results"
        )
        ((rules, runs),) = Warehouse(landed.warehouse).rows(history)
        assert runs == 1
        kills = 0
        for seconds in (0.3, 1, 2):
            kills += killed_after(seconds, validate.main, judge, after=rules_imported)
            ((rows, runs),) = Warehouse(landed.warehouse).rows(history)
            assert rows == rules * runs
        assert kills
        assert validate.main(judge) == OK
        ((rows, runs),) = Warehouse(landed.warehouse).rows(history)
        assert rows == rules * runs
        assert (landed.out / "data_docs" / "raw" / "index.html").is_file()


@pytest.fixture(scope="module")
def attribution(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world that was built, and in which something has happened since."""
    made = World.built(tmp_path_factory.mktemp("attribution") / "mops.duckdb", seed=9)
    for _ in range(4):
        made.late_touch()
        made.other_amount()
    made.new_deal()
    return made
