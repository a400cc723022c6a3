"""The Overview in Streamlit: one fragment that runs once a second, as its guides do live data.

The page itself runs once; the fragment's rerun sends what it draws anew. Its documents are read
through ``st.cache_data`` by the file's inode, so that a file is parsed once for all sessions.
``streamlit run bench/peers/streamlit_app.py -- STATE_DIR``
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import altair as alt
import streamlit as st

from bench.peers.documents import holdings, indicators, load, positions, slices, status

STATE = Path(sys.argv[1])


@st.cache_data(max_entries=12, show_spinner=False)
def parsed(name: str, inode: int, written: int) -> dict[str, Any]:  # noqa: ARG001  # the key
    """Return a document, parsed once for each version of its file."""
    return load(STATE, name)


def document(name: str) -> dict[str, Any]:
    """Return a document as it is now."""
    found = (STATE / f"{name}.json").stat()
    content: dict[str, Any] = parsed(name, found.st_ino, found.st_mtime_ns)
    return content


@st.fragment(run_every=1)
def overview() -> None:
    """Draw the whole page from the files as they are."""
    nav, kpis = document("nav"), document("kpis_v7")
    drawdown, volatility = status(kpis)
    frame = slices(nav)
    cards = st.columns(4)
    cards[0].metric("NAV", f"{nav['nav_usd']:,.2f}")
    cards[1].metric("AUM", f"{nav['aum']['total']:,.2f}")
    cards[2].metric("Drawdown", drawdown)
    cards[3].metric("Volatility", volatility)
    left, middle, right = st.columns(3)
    donut = alt.Chart(frame[["Holding", "USD"]]).mark_arc(innerRadius=60)
    left.altair_chart(donut.encode(theta="USD", color="Holding"))
    middle.dataframe(holdings(frame), hide_index=True)
    right.dataframe(indicators(kpis), hide_index=True)
    st.subheader("Positions")
    st.dataframe(positions(document("positions")), hide_index=True)


st.set_page_config(page_title="Overview", layout="wide")
overview()
