"""Small pictures of images, drawn anew: the file itself is never shown, and nothing of it but what it shows goes further."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

LONGEST_SIDE = 480  # pixels
MOST_PIXELS = 25_000_000
MOST_PIXELS_OF_JPEG = 120_000_000  # a JPEG is read at an eighth of its size, so that little of it is ever in memory
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_QUALITY = 80

# Pillow warns of large images, once for all threads, and goes on; ours are looked at before anything of them is unpacked.
Image.MAX_IMAGE_PIXELS = None


class NoPicture(Exception):
    """No preview can be drawn: broken, too many pixels, or no image at all."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A preview as WebP."""

    data: bytes
    width: int
    height: int


def draw(content: bytes) -> Drawn:
    """A picture of at most 480 by 480 pixels, turned as its EXIF says, without any metadata. Raises NoPicture."""
    try:
        return _drawn(content)
    except NoPicture:
        raise
    except Exception as error:  # images are broken in more ways than Pillow has errors for
        raise NoPicture from error


def _drawn(content: bytes) -> Drawn:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width, height = image.size
        limit = MOST_PIXELS_OF_JPEG if image.format == "JPEG" else MOST_PIXELS
        if not 0 < width * height <= limit or max(width, height) > 65_500:
            raise NoPicture
        if image.format == "JPEG":
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        # Turned before it is made small: a copy would lose what the orientation is read from.
        image.load()
        if image.width * image.height > MOST_PIXELS:
            raise NoPicture
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        flat = upright.convert("RGBA" if _is_transparent(upright) else "RGB")
        # On a canvas of its own: whatever hangs on the image (EXIF, XMP, comments, profiles) stays behind.
        canvas = Image.new(flat.mode, flat.size)
        canvas.paste(flat)
        out = io.BytesIO()
        canvas.save(out, "WEBP", quality=_QUALITY, method=4)
        return Drawn(out.getvalue(), canvas.width, canvas.height)


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
