"""Previews are pictures of our own making, or there is none."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from PIL import Image

from conversations.attachments.previews import LONGEST_SIDE, NoPicture, draw
from tests.attachments.samples import PDF, SVG, bomb, image, photo_with_place


def read(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_becomes_small_and_webp(kind: str) -> None:
    drawn = draw(image(kind, (1600, 800)))
    picture = read(drawn.data)
    assert picture.format == "WEBP"
    assert picture.size == (drawn.width, drawn.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_a_small_picture_keeps_its_size() -> None:
    assert (draw(image(size=(40, 30))).width, draw(image(size=(40, 30))).height) == (40, 30)


def test_a_photo_stands_upright_and_says_nothing_of_its_place_and_camera() -> None:
    original = photo_with_place((600, 300))
    assert b"SecretPhone" in original
    drawn = draw(original)
    assert (drawn.width, drawn.height) == (LONGEST_SIDE // 2, LONGEST_SIDE)
    picture = read(drawn.data)
    assert not picture.getexif()
    assert b"Secret" not in drawn.data
    assert not {"exif", "xmp", "icc_profile"} & set(picture.info)


def test_what_is_transparent_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert read(draw(out.getvalue()).data).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_a_bomb_is_not_unpacked() -> None:
    tracemalloc.start()
    with pytest.raises(NoPicture):
        draw(bomb())
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [b"", b"x", PDF, SVG, image()[:200], image("JPEG")[:-300], image("WEBP")[:60], b"GIF89a" + b"\xff" * 500,
     bomb(1, 1)[:40], image("TIFF"), image("BMP"), bomb(0, 5)],
)  # fmt: skip
def test_what_is_broken_or_no_picture_has_no_preview(content: bytes) -> None:
    try:
        drawn = draw(content)
    except NoPicture:
        return
    assert content[:2] == b"\xff\xd8", "only a JPEG may be drawn as far as it goes"
    assert drawn.width
