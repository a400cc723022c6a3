"""One picture of a fault: the screens of all servers side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from bench.honesty.peers import Peer

#: The part of each screen that is kept, and the size it gets.
PART, SIZE = (1200, 400), (600, 200)


def montage(folder: Path, fault: str, peers: Sequence[Peer]) -> Path:
    """Return the file of a fault's picture, made of the servers' screenshots in a folder."""
    width, height = SIZE[0] * 2 + 30, (SIZE[1] + 30) * ((len(peers) + 1) // 2) + 10
    whole = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(whole)
    for index, peer in enumerate(peers):
        screen = Image.open(folder / f"{fault}-{peer.name}.png").convert("RGB")
        at = (10 + index % 2 * (SIZE[0] + 10), 24 + index // 2 * (SIZE[1] + 30))
        whole.paste(screen.crop((0, 0, *PART)).resize(SIZE), at)
        draw.text((at[0], at[1] - 14), peer.label, fill="black")
        draw.rectangle((*at, at[0] + SIZE[0], at[1] + SIZE[1]), outline="#888888")
    path = folder / f"{fault}.png"
    whole.save(path, optimize=True)
    return path
