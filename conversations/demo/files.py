"""Files of the demo's past, drawn when they are loaded: photos of what broke, a receipt, a return label."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from conversations.attachments.actions import Received
from conversations.attachments.files import File
from conversations.demo.content import Row

_SIZE = (1200, 900)


def files_of(ticket: Row, message: Row) -> Received:
    """What came with a message of the files in this folder, or went with it."""
    place = ticket["messages"].index(message)
    return Received([File.of(name, draw()) for name, draw in _FILES.get((ticket["subject"], place), {}).items()])


@cache
def _zip() -> bytes:
    """A blue jacket whose zip has come apart."""
    picture = _cloth((46, 74, 110))
    pen = ImageDraw.Draw(picture)
    for row in range(0, 900, 22):
        gap = max(0, row - 520) // 6
        pen.rounded_rectangle((560 - gap, row, 596 - gap, row + 13), 4, fill=(198, 203, 210))
        pen.rounded_rectangle((604 + gap, row + 9, 640 + gap, row + 22), 4, fill=(186, 191, 200))
    pen.rounded_rectangle((578, 470, 622, 560), 12, fill=(90, 94, 102), outline=(40, 42, 48), width=4)
    return _photo(picture)


@cache
def _zip_from_the_side() -> bytes:
    turned = Image.open(io.BytesIO(_zip())).rotate(24, Image.Resampling.BICUBIC)
    return _photo(turned.crop((285, 214, 915, 686)).resize(_SIZE))


@cache
def _pole() -> bytes:
    """A tent in a meadow, with a pole that has snapped."""
    picture = Image.linear_gradient("L").resize(_SIZE).convert("RGB")
    picture = Image.blend(picture, Image.new("RGB", _SIZE, (150, 190, 235)), 0.72)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 610, 1200, 900), fill=(84, 122, 66))
    pen.polygon([(250, 700), (610, 250), (980, 700)], fill=(207, 96, 52))
    pen.polygon([(520, 700), (610, 300), (700, 700)], fill=(92, 38, 26))
    pen.line([(610, 250), (820, 430), (770, 520), (980, 700)], fill=(38, 84, 196), width=11, joint="curve")
    return _photo(picture)


@cache
def _receipt() -> bytes:
    return _sheet(
        "Parcel receipt",
        ["Order NO-47388", "To: Nordlicht Outdoor, Returns, Lübeck", "1 parcel, 4.2 kg", "Taken in: counter 3"],
    )


@cache
def _label() -> bytes:
    return _sheet(
        "Return label",
        ["Nordlicht Outdoor", "Returns", "An der Untertrave 4", "23552 Lübeck", "", "Please cut out and stick on."],
    )


def _cloth(colour: tuple[int, int, int]) -> Image.Image:
    weave = Image.effect_noise(_SIZE, 46).convert("RGB")
    return Image.blend(Image.new("RGB", _SIZE, colour), weave, 0.16)


def _photo(picture: Image.Image) -> bytes:
    grain = Image.effect_noise(_SIZE, 30).convert("RGB")
    out = io.BytesIO()
    Image.blend(picture.filter(ImageFilter.GaussianBlur(1.4)), grain, 0.07).save(out, "JPEG", quality=72)
    return out.getvalue()


def _sheet(title: str, lines: list[str]) -> bytes:
    page = Image.new("L", (827, 1169), 255)
    pen = ImageDraw.Draw(page)
    pen.text((90, 100), title, fill=0, font=ImageFont.load_default(44))
    for number, line in enumerate(lines):
        pen.text((90, 220 + 48 * number), line, fill=40, font=ImageFont.load_default(28))
    pen.rectangle((90, 220 + 48 * len(lines) + 40, 737, 220 + 48 * len(lines) + 180), outline=0, width=3)
    for x in range(110, 720, 7):
        if (x * 7919) % 5 > 1:
            pen.rectangle((x, 240 + 48 * len(lines) + 40, x + 3, 200 + 48 * len(lines) + 180), fill=0)
    out = io.BytesIO()
    page.save(out, "PDF", resolution=100)
    return out.getvalue()


_FILES: dict[tuple[str, int], dict[str, Callable[[], bytes]]] = {
    ("Zip on the Halden jacket", 0): {"zip of my jacket.jpg": _zip, "zip, from the side.jpg": _zip_from_the_side},
    ("Pole of the Rundhorn tent broken", 2): {"IMG_2041.jpg": _pole},
    ("WHERE is my refund??", 0): {"receipt NO-47388.pdf": _receipt},
    ("Return label expired", 1): {"return label NO-47702.pdf": _label},
}
"""By the subject of the ticket and the place of the message in it."""
