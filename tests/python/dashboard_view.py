"""Run one view of the dashboard on a publication, without a browser."""

from __future__ import annotations

import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from lib.warehouse import PROJECT_ROOT


def shown(view: str, published: Path) -> AppTest:
    """Return what a view shows of the publication in a folder.

    A script that Streamlit runs becomes the main module. That of the test's own process
    is put back, since a process that it starts later begins by its main module.
    """
    page = AppTest.from_function(_page, default_timeout=60)
    page.query_params["dashboard"] = str(PROJECT_ROOT / "dashboard")
    page.query_params["published"] = str(published)
    page.query_params["view"] = view
    main = sys.modules["__main__"]
    try:
        return page.run()
    finally:
        sys.modules["__main__"] = main


def _page() -> None:
    # Streamlit runs the text of this function as a script of its own.
    import importlib
    import sys
    from datetime import date

    import streamlit as st

    asked = st.query_params
    if asked["dashboard"] not in sys.path:
        sys.path.insert(0, asked["dashboard"])
    from filters import Filters

    st.session_state["version"] = asked["published"]
    view = importlib.import_module(f"views.{asked['view']}")
    view.page(Filters(date(2026, 10, 1), None, None, None, "linear"))
