"""Serve the dashboard, with what the first visit needs read before anybody comes.

What follows the command is for `streamlit run`: --server.port, --server.address.
"""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from pathlib import Path

from streamlit.web import cli

import prompt_server
from publication import read_ahead

_APP = Path(__file__).with_name("app.py")
# To read ahead of the server is what is wanted here.
logging.getLogger("streamlit.runtime.caching.cache_data_api").addFilter(
    lambda record: "No runtime found" not in record.getMessage()
)


def main() -> None:
    """Import the pages and read what they share, then serve until told to stop."""
    import_module("pages")
    read_ahead()
    prompt_server.use()
    cli.main(["run", str(_APP), *sys.argv[1:]], prog_name="streamlit")


if __name__ == "__main__":
    main()
