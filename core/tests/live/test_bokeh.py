"""The adapter: every unpublished name it uses is there, in the versions it was written for."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from importlib.metadata import version
from types import ModuleType
from typing import Any

import holoviews as hv
import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource, ImportedStyleSheet
from bokeh.models.widgets import DataTable, Div
from bokeh.plotting import figure
from bokeh.protocol import Protocol
from core.tests.live.messages import frames, parts
from packaging.version import Version

from muntin.live import bokeh as adapter
from muntin.live.relay import frames as wire


@pytest.mark.parametrize(
    ("library", "first", "last"),
    [
        ("bokeh", "3.8", "3.10"),
        ("tornado", "6.5", "6.6"),
        ("holoviews", "1.21", "1.23"),
        ("panel", "1.9", "1.10"),
    ],
)
def test_versions_are_those_it_was_written_for(library: str, first: str, last: str) -> None:
    """A new version fails here first: read its changes, then run this file against it."""
    installed = Version(version(library)).release[:2]

    assert Version(first).release <= installed <= Version(last).release


@pytest.mark.parametrize("opcode", [wire.TEXT, wire.BINARY, wire.CLOSE])
@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 70000])
def test_frame_follows_rfc_6455(size: int, opcode: int) -> None:
    payload = b"x" * size
    head = 2 if size < 126 else 4 if size < 65536 else 10

    made = wire.frame(payload, opcode)

    assert frames(made) == [(opcode, payload)]
    assert len(made) == head + size


def test_frame_is_what_tornado_would_send() -> None:
    assert wire.frame(b"hello") == b"\x81\x05hello"
    assert wire.frame(b"x" * 300)[:4] == b"\x81\x7e\x01\x2c"


def test_close_frame_carries_code_and_a_short_reason() -> None:
    [(opcode, payload)] = frames(wire.close_frame(4008, "é" * 200))

    assert opcode == wire.CLOSE
    assert payload[:2] == struct.pack("!H", 4008)
    assert len(payload) <= 125
    payload[2:].decode()


def test_simple_message_answers_its_request() -> None:
    header, metadata, content = parts(wire.simple_frames("OK", {"now": 1}, "r1"))

    assert header == {"msgid": "ok", "msgtype": "OK", "reqid": "r1"}
    assert (metadata, content) == ({}, {"now": 1})
    assert "reqid" not in parts(wire.simple_frames("ACK", {}))[0]


def test_patch_is_a_message_that_bokeh_reads() -> None:
    document = Document()
    source = ColumnDataSource({"x": [1]})
    document.add_root(figure())
    events: list[Any] = []
    document.on_change(events.append)
    document.add_root(source)

    made = adapter.patch_frames([*events, adapter.message_event(document, "muntin", [1, "é"])])
    header, metadata, content = parts(made)

    assert header["msgtype"] == "PATCH-DOC"
    assert header["num_buffers"] == 0
    assert [event["kind"] for event in content["events"]] == ["RootAdded", "MessageSent"]
    assert content["events"][1]["msg_type"] == "muntin"
    assert content["events"][1]["msg_data"] == [1, "é"]
    assert Protocol().assemble(*(json.dumps(p) for p in (header, metadata, content))).msgtype == (
        "PATCH-DOC"
    )


def test_arrays_are_sent_as_buffers() -> None:
    import numpy as np

    document = Document()
    source = ColumnDataSource({"x": np.zeros(10)})
    document.add_root(source)
    events: list[Any] = []
    document.on_change(events.append)
    source.data = {"x": np.arange(10.0)}

    sent = frames(adapter.patch_frames(events))
    header = json.loads(sent[0][1])

    assert header["num_buffers"] == 1
    assert len(sent) == 3 + 2
    assert json.loads(sent[3][1]).keys() == {"id"}
    assert sent[4] == (wire.BINARY, np.arange(10.0).tobytes())


def test_pulled_document_needs_no_buffers_and_is_the_document() -> None:
    import numpy as np

    document = Document()
    document.add_root(ColumnDataSource({"x": np.arange(3.0)}, name="s"))

    metadata, content = parts(adapter.pull_body(document))

    assert metadata == {}
    again = Document.from_json(content["doc"])
    assert list(again.roots[0].data["x"]) == [0.0, 1.0, 2.0]  # type: ignore[attr-defined]  # of the source


def test_holoviews_plot_draws_in_the_document() -> None:
    document = Document()
    pipe = hv.streams.Pipe(data=hv.Curve([1, 2]))
    plot = adapter.holoviews_plot(hv.DynamicMap(lambda data: data, streams=[pipe]), document)
    document.add_root(plot.state)
    events: list[Any] = []
    document.on_change(events.append)

    pipe.send(hv.Curve([1, 3]))

    assert "ColumnDataChanged" in {event.kind for event in events}


@pytest.mark.parametrize(
    ("models", "bundles"),
    [
        ([], ("bokeh",)),
        ([figure()], ("bokeh",)),
        ([Div()], ("bokeh", "bokeh-widgets")),
        ([DataTable(source=ColumnDataSource())], ("bokeh", "bokeh-widgets", "bokeh-tables")),
        ([pn.pane.Markdown("x").get_root()], ("bokeh", "bokeh-widgets", "bokeh-tables", "panel")),
    ],
)
def test_bundles_are_those_the_models_need(models: list[Any], bundles: tuple[str, ...]) -> None:
    assert adapter.bundles_of(models) == bundles


def test_scripts_of_a_model_keep_their_order() -> None:
    """Each needs those before it: vega-embed needs vega and vega-lite."""
    spec = {"$schema": "vega-lite/v5.json", "mark": "bar", "data": {"values": []}}
    chart = pn.pane.Vega(spec).get_root()
    names = [name.rpartition("/")[2].partition("@")[0] for name in adapter.bundles_of([chart])]

    assert [name for name in names if "vega" in name] == ["vega", "vega-lite", "vega-embed"]


def test_style_sheets_come_from_this_server() -> None:
    document = Document()
    document.add_root(pn.Column(pn.pane.Markdown("x"), pn.widgets.Button()).get_root(document))

    adapter.localise(document)

    urls = {sheet.url for sheet in document.select({"type": ImportedStyleSheet})}  # type: ignore[attr-defined]  # of the sheet
    assert urls
    assert {url.partition("/panel/")[0] for url in urls} == {"/static/extensions"}


def test_localising_needs_no_panel() -> None:
    code = (
        "import sys; from bokeh.document import Document; from muntin.live.bokeh import localise;"
        "localise(Document()); sys.exit('panel' in sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_holoviews_that_is_being_imported_elsewhere_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a slow machine a stage starts while another one is importing; it must not die of it."""
    monkeypatch.setitem(sys.modules, "holoviews", ModuleType("holoviews"))

    adapter.prepare_holoviews()


def test_a_backend_that_was_only_imported_is_made_ready() -> None:
    """So it stands in a process that was forked from one with warm libraries."""
    code = (
        "import holoviews as hv, holoviews.plotting.bokeh\n"
        "from muntin.live.bokeh import prepare_holoviews\n"
        "prepare_holoviews()\n"
        "hv.Bars([(1, 2)]).opts(hv.opts.Bars(color='red'))\n"
        "assert hv.Store.current_backend == 'bokeh'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
