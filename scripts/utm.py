"""Build links that heed the UTM rules, or check links that are there."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from lib.cli import CHECK_FAILED, OK, UserError, parser, run, say
from lib.utm import PARAMETERS, UtmPolicy, read_link, tagged_url
from lib.warehouse import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "seeds"
URL_COLUMNS = ("url", "link", "landing_page")


def build(policy: UtmPolicy, url: str, values: dict[str, str]) -> int:
    """Print the link, or say why it may not be; return the exit code."""
    link = tagged_url(url, values)
    violations = policy.violations(read_link(link))
    for violation in violations:
        say(str(violation))
    if violations:
        return CHECK_FAILED
    print(link)
    return OK


def check(policy: UtmPolicy, links: Sequence[tuple[str, str]]) -> int:
    """Print what is wrong with links, each with its place; return the exit code.

    A link itself is not repeated: it may hold personal data.
    """
    faulty = 0
    for place, url in links:
        violations = policy.violations(read_link(url))
        faulty += bool(violations)
        for violation in violations:
            print(f"{place}: {violation}")
    say(f"{len(links):,} links checked, {faulty:,} break a rule")
    return CHECK_FAILED if faulty else OK


def links_of_file(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the place and the URL of each link of a CSV file.

    Raises:
        UserError: the file cannot be read or has no column of links.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            header = {
                (name or "").strip().lower(): name for name in reader.fieldnames or ()
            }
            column = next((header[n] for n in URL_COLUMNS if n in header), None)
            if column is None:
                message = f"{path} has none of the columns {', '.join(URL_COLUMNS)}"
                raise UserError(message)
            for row in reader:
                if row[column]:
                    yield f"{path.name}, line {reader.line_num}", row[column]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read: {error}") from error


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; exit code 0 fine, 1 a rule is broken, 2 wrong use."""
    arguments = parser(
        __doc__ or "",
        "scripts/utm.py build --url https://acme.com/guide --source google "
        "--medium cpc --campaign 2026q3_paid-search_emea_buyers-guide\n"
        "         scripts/utm.py check --file links.csv",
    )
    arguments.add_argument(
        "--seeds", type=Path, default=SEEDS, metavar="DIR", help="folder of the seeds"
    )
    commands = arguments.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", help="make a link that heeds the rules")
    builder.add_argument("--url", required=True, help="the page, without UTM values")
    for name in PARAMETERS:
        builder.add_argument(
            f"--{name.removeprefix('utm_')}", metavar="VALUE", dest=name
        )
    checker = commands.add_parser("check", help="list the rules that links break")
    checker.add_argument("url", nargs="?", help="a link")
    checker.add_argument(
        "--file", type=Path, help=f"a CSV file with a column {' or '.join(URL_COLUMNS)}"
    )
    options = arguments.parse_args(argv)
    if options.command == "check" and (options.url is None) == (options.file is None):
        raise UserError("check takes a link or --file, one of them")
    policy = UtmPolicy.read(options.seeds, datetime.now(UTC).date())
    if options.command == "build":
        given = {name: getattr(options, name) for name in PARAMETERS}
        values = {name: value for name, value in given.items() if value}
        if not values:
            raise UserError("build takes --source, --medium and --campaign")
        return build(policy, options.url, values)
    if options.url is not None:
        return check(policy, [("link", options.url)])
    return check(policy, list(links_of_file(options.file)))


if __name__ == "__main__":
    run(main)
