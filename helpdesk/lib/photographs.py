"""Photographs without what rides along: place, camera, owner, hidden thumbnails, foreign bytes
after the picture.

The picture is decoded and written anew; nothing but its pixels (upright) passes.
"""

from __future__ import annotations

import io
import warnings

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps

from helpdesk.lib.media_types import JPEG, Kind, Unacceptable

MAX_PIXELS = 32_000_000  # one frame; decoded it takes four bytes for each
MAX_ANIMATION_PIXELS = 32_000_000  # all frames together
MAX_FRAMES = 300  # each costs time however small it is: 20,000 of one pixel fit into 300 KB

# Pillow only warns between one and two times this size, so the warning is made an error. Our own
# look at the size comes first: warning filters belong to the process, and anything may reset them.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

_TOO_LARGE = _l(
    "This photo is too large (more than %(megapixels)s megapixels). Send a smaller one, "
    "or a screenshot of it.",
    megapixels=MAX_PIXELS // 1_000_000,
)
_TOO_LONG = _l("This animation is too long. Send it as a video, or send one photo.")
_DAMAGED = _l("This photo is damaged or was cut off on the way. Please send it again.")

_SAVE_OPTIONS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 88, "optimize": True},
    "PNG": {},
    "GIF": {"disposal": 2},  # frames are whole pictures here: each clears the one before
    "WEBP": {"quality": 85},
}


def clean_photograph(content: bytes, kind: Kind) -> bytes:
    """Return the same picture, upright and without metadata, in the same format.

    Raises Unacceptable when it is damaged, or when decoding it would take too much memory.
    """
    try:
        with Image.open(io.BytesIO(content), formats=(kind.image_format,)) as image:
            return _written_anew(image, kind)
    except Unacceptable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise Unacceptable(_TOO_LARGE) from fault
    # Decoders raise almost anything on hostile bytes; all of it means the same
    except Exception as fault:
        raise Unacceptable(_DAMAGED) from fault


def _written_anew(image: Image.Image, kind: Kind) -> bytes:
    if image.width * image.height > MAX_PIXELS:  # known from the header, before a pixel is decoded
        raise Unacceptable(_TOO_LARGE)
    cleaned = io.BytesIO()
    options = _SAVE_OPTIONS[kind.image_format]
    # A telephone's JPEG may carry a second picture (depth, preview): only the first was meant.
    if kind is JPEG or not getattr(image, "is_animated", False):
        _upright(image, kind).save(cleaned, kind.image_format, **options)
        return cleaned.getvalue()
    pictures, durations = _frames_of(image)
    loop = image.info.get("loop")
    if loop is not None:
        options = {**options, "loop": loop}
    pictures[0].save(
        cleaned,
        kind.image_format,
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        **options,
    )
    return cleaned.getvalue()


def _upright(image: Image.Image, kind: Kind) -> Image.Image:
    turned = ImageOps.exif_transpose(image)
    if kind is JPEG and turned.mode not in ("L", "RGB"):
        turned = turned.convert("RGB")  # print colours (CMYK) are drawn wrongly by many browsers
    return _bare(turned)


def _frames_of(image: Image.Image) -> tuple[list[Image.Image], list[int]]:
    """The frames and how long each is shown; raises Unacceptable as soon as they are too many.

    They are measured one by one as they come: Pillow counts a GIF's by walking the whole file, and
    a later frame of it may be larger than the first.
    """
    pictures: list[Image.Image] = []
    durations: list[int] = []
    pixels = 0
    while _has_frame(image, len(pictures)):
        pixels += image.width * image.height
        if len(pictures) == MAX_FRAMES or pixels > MAX_ANIMATION_PIXELS:
            raise Unacceptable(_TOO_LONG)
        image.load()  # WebP knows a frame's duration only once it is decoded
        durations.append(int(image.info.get("duration", 100)))
        pictures.append(_bare(image.copy()))
    if len(pictures) < getattr(image, "n_frames", 1):  # PNG and WebP say it at their beginning
        raise Unacceptable(_DAMAGED)
    return pictures, durations


def _has_frame(image: Image.Image, number: int) -> bool:
    try:
        image.seek(number)
    except EOFError:
        return False
    return True


def _bare(image: Image.Image) -> Image.Image:
    """Drop everything that would be written along with the pixels: EXIF, XMP, comments, colour profiles."""
    image.load()
    image.info = {key: value for key, value in image.info.items() if key == "transparency"}
    image.getexif().clear()
    return image
