"""`PictureTools` of a page: files made small on a canvas, and addresses of what is shown.

A picture is drawn anew, so nothing of what a camera writes beside it (where, when, by which device)
leaves this page. Importable only in Pyodide.
"""

from __future__ import annotations

from typing import Any, Final

import js
from pyodide.ffi import JsException, to_js

from pysync.errors import InvalidValue

__all__ = ["PagePictures"]

LONGEST: Final = 1_600
"""Pixels of the longer side."""
QUALITY: Final = 0.82
PDF: Final = "application/pdf"
_NOT_READ: Final = "This file cannot be read here: choose a picture (JPEG, PNG, WebP) or a PDF."


class PagePictures:
    """The port `PictureTools`."""

    async def read(self, input_id: str) -> bytes | None:
        """Reads it at once: the input may be drawn anew while this waits."""
        control = js.document.getElementById(input_id)
        if control is None or not control.files.length:
            return None
        file = control.files.item(0)
        try:
            blob = file if str(file.type) == PDF else await _small(file)
            data: bytes = (await blob.arrayBuffer()).to_bytes()
        except JsException:
            raise InvalidValue(_NOT_READ, code="media") from None
        finally:
            control.value = ""  # so that the same file can be chosen again
        return data

    def show(self, data: bytes, media: str) -> str:
        """An address of an object of this page."""
        parts = to_js([to_js(data)])
        blob = js.Blob.new(parts, _options(type=media))
        return str(js.URL.createObjectURL(blob))

    def forget(self, address: str) -> None:
        """Let the object go."""
        js.URL.revokeObjectURL(address)


async def _small(file: Any) -> Any:
    """The picture as a JPEG of LONGEST pixels at most, upright. Raises JsException."""
    image = await js.createImageBitmap(file, _options(imageOrientation="from-image"))
    try:
        scale = min(1.0, LONGEST / max(image.width, image.height))
        width, height = (max(1, round(each * scale)) for each in (image.width, image.height))
        canvas = js.OffscreenCanvas.new(width, height)
        pen = canvas.getContext("2d")
        pen.fillStyle = "white"  # what is transparent would become black
        pen.fillRect(0, 0, width, height)
        pen.drawImage(image, 0, 0, width, height)
    finally:
        image.close()
    return await canvas.convertToBlob(_options(type="image/jpeg", quality=QUALITY))


def _options(**given: Any) -> Any:
    return to_js(given, dict_converter=js.Object.fromEntries)
