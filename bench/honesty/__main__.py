"""`make honesty`: runs every fault against every server and writes the table."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from bench.honesty.peers import PEERS
from bench.honesty.pictures import montage
from bench.honesty.report import table
from bench.honesty.watch import FAULTS, Watch


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="make honesty ARGS=")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each fault lasts")
    parser.add_argument("--only", default="", help="names of faults, separated by commas")
    parser.add_argument("--out", type=Path, help="a file for the results as JSON")
    parser.add_argument("--pictures", type=Path, help="a folder for screenshots")
    return parser.parse_args()


async def main() -> None:
    """Run the faults and print the table."""
    given = arguments()
    wanted = set(filter(None, given.only.split(",")))
    if given.pictures:
        given.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(Path(folder), given.pictures, print)
        async with watch.running():
            for fault in FAULTS:
                if not wanted or fault.name in wanted:
                    await watch.run(fault, given.seconds)
            text, rows = table(watch.served, given.seconds)
        if given.pictures:
            for name in watch.served[0].results:
                montage(given.pictures, name, PEERS)
    print(text)
    if given.out:
        given.out.write_text(json.dumps(rows, indent=1))


asyncio.run(main())
