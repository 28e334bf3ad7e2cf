"""The operating dashboard: `make dashboard`, for this machine alone unless told other.

MOPS_DASHBOARD_PASSWORD asks everybody for a password; MOPS_OUT names the folder that
export.py wrote to.
"""

from __future__ import annotations

import hmac
import os

import streamlit as st

from figures import say_missing
from filters import choice, chosen
from lib.cli import UserError
from pages import PAGES
from publication import MissingError, refusal, standing, take


def main() -> None:
    """Show the page that the URL names, with the filters that it names."""
    st.set_page_config(page_title="Marketing operations", layout="wide")
    if not _let_in():
        return
    try:
        take()
        standing()
    except UserError as error:
        st.title("Marketing operations")
        st.warning(f"There is nothing to show yet: {error}.")
        _tell_of_refusal()
        return
    try:
        _show_page()
    except MissingError as error:
        say_missing(error)


def _show_page() -> None:
    """Show the page that is chosen.

    Raises:
        MissingError: the publication lacks what the whole page rests on.
    """
    publication = standing()
    with st.sidebar:
        # Not pages of Streamlit's: their change would drop the filters from the URL.
        name = choice("Page", "page", list(PAGES), lambda page: PAGES[page].title)
    st.title(PAGES[name].title)
    _tell_of_refusal()
    with st.sidebar:
        filters = chosen(PAGES[name].heeds)
        st.caption(
            f"As of {publication.as_of:%Y-%m-%d %H:%M} UTC, in {publication.currency}. "
            "The last build that passed every critical rule; a build that fails one "
            "changes nothing here."
        )
    if filters is None:
        st.info("There is neither an opportunity nor spend yet: land some, then build.")
        return
    PAGES[name].show(filters)


def _tell_of_refusal() -> None:
    """Say when and why a newer build was refused, where one was."""
    refused = refusal()
    if refused is None:
        return
    reason, *others = refused.reasons or ("why was not written down",)
    more = f" (and {len(others)} more)" if others else ""
    line = (
        f"A newer build was refused on {refused.refused_at:%Y-%m-%d %H:%M} UTC, and "
        f"is not shown. Why: {' '.join(reason.split())}{more}"
    )
    st.warning(line.replace("$", "\\$"))


def _let_in() -> bool:
    """Ask for the password, where there is one."""
    password = os.environ.get("MOPS_DASHBOARD_PASSWORD", "")
    if not password or st.session_state.get("is_let_in"):
        return True
    given = st.text_input("Password", type="password")
    if given and hmac.compare_digest(given.encode(), password.encode()):
        st.session_state["is_let_in"] = True
        st.rerun()
    if given:
        st.error("That is not the password.")
    return False


main()
