"""Run where the disk fills up at each of some steps, then make room and run it again.

A small demo company is run undisturbed. Then it is run on file systems in memory that
hold a part of what that one took. A full disk is survived if the run says in one line
that there is no room, publishes nothing, and a run with room afterwards leaves what the
undisturbed one left, row for row. Only root may mount a file system.

exit code: 0 all were survived; 1 one was not; 2 it could not be tried.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError, parser, run, say
from lib.full_disk import is_full
from places import Content, Place, differences, made_company, of_both, whole_run

# Parts of what an undisturbed run takes: of landing, building, judging and publishing.
PARTS = (0.0, 0.02, 0.25, 0.5, 0.75, 0.9)
MEBIBYTE = 2**20


@contextmanager
def mounted(folder: Path, size: int) -> Iterator[None]:
    """Mount a file system of so many bytes."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield
    finally:
        subprocess.run(["/bin/umount", str(folder)], check=True)
        folder.rmdir()


def _mount(*arguments: str) -> None:
    done = subprocess.run(
        ["/bin/mount", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UserError(f"no file system can be mounted: {done.stderr.strip()}")


def faults_of(place: Place, command: Sequence[str]) -> Iterator[str]:
    """Run it where there is not room enough, and yield what is wrong with its end."""
    code = place.start(command).wait()
    if code != WRONG_USE:
        yield f"it ended with {code}"
    said = place.said.read_text("utf-8").splitlines()
    errors = [line for line in said if line.startswith("error: ")]
    if not any(is_full(line) for line in errors):
        yield f"it said {errors}"
    # dbt's own words are told from those of the project by where they come from.
    if any("scripts/" in line and line.lstrip().startswith("File ") for line in said):
        yield f"a traceback is in {place.said}"
    if (place.out / "published" / "current").exists():
        yield "something was published"


def tried(folder: Path, size: int, command: Sequence[str], calm: Content) -> list[str]:
    """Fill a disk up, make room, run again, and return what is wrong."""
    log = folder / f"log_{size}.txt"
    place = Place(folder / "disk", log=log)
    with mounted(place.folder, size):
        wrong = list(faults_of(place, command))
        _mount("-o", "remount,size=4g", str(place.folder))
        place.done(command)
        return wrong + differences(calm, of_both(place))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(__doc__ or "", "python tests/faults/full_disk.py")
    arguments.add_argument(
        "--people", type=int, default=300, metavar="N", help="of the demo company"
    )
    options = arguments.parse_args(argv)
    if os.geteuid() != 0:
        raise UserError("only root may mount a file system")
    survived = 0
    with TemporaryDirectory(prefix="mops-full-") as name:
        folder = Path(name)
        command = whole_run(made_company(folder / "data", options.people))
        calm = Place(folder / "calm")
        say("an undisturbed run")
        calm.done(command)
        left = of_both(calm)
        taken = sum(each.stat().st_size for each in calm.folder.rglob("*"))
        for part in PARTS:
            size = max(round(part * taken), 4096)
            try:
                wrong = tried(folder, size, command, left)
            except UserError as error:
                wrong = [str(error)]
            told = "; ".join(wrong) or "survived"
            print(f"{size / MEBIBYTE:6.1f} of {taken / MEBIBYTE:.1f} MiB: {told}",
                  flush=True)  # fmt: skip
            survived += not wrong
    print(f"{survived} of {len(PARTS)} full disks survived")
    return OK if survived == len(PARTS) else CHECK_FAILED


if __name__ == "__main__":
    run(main)
