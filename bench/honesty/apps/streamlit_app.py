"""The Overview's figures in Streamlit: a fragment that runs each second, errors shown in place."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
from bench.honesty.apps.common import figures

STATE = Path(sys.argv[1])


@st.fragment(run_every=1)
def overview() -> None:
    """Draw every figure, or the error that prevents it."""
    try:
        found = figures(STATE)
    except Exception as error:  # noqa: BLE001  # whatever reading raises is shown
        st.error(f"error: {type(error).__name__}: {error}")
        return
    for column, (label, text, caption) in zip(st.columns(5), found.values(), strict=True):
        column.metric(label, text)
        column.caption(caption)


st.set_page_config(page_title="Overview", layout="wide")
overview()
