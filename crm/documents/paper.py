"""The only user of pdfium: finished PDFs joined into one, counted, and drawn as pictures.

pdfium keeps its state in globals and says of itself that it is not thread-safe, while the server answers with
several threads: one lock stands around every call into it.
"""

import io
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing

import pypdfium2
from PIL import Image

_ONE_AT_A_TIME = threading.Lock()


class NothingToPrint(Exception):  # noqa: N818
    """There is no page to put on paper."""


def join(files: Sequence[bytes]) -> bytes:
    """Return the pages of many PDFs in one, in order and unchanged. Raises NothingToPrint."""
    if not files:
        raise NothingToPrint
    made = io.BytesIO()
    with _ONE_AT_A_TIME, closing(pypdfium2.PdfDocument.new()) as whole:
        for file in files:
            with closing(pypdfium2.PdfDocument(file)) as part:
                whole.import_pages(part)
        whole.save(made)
    return made.getvalue()


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    with _ONE_AT_A_TIME, closing(pypdfium2.PdfDocument(pdf)) as document:
        return len(document)


def picture(pdf: bytes, *, page: int = 0, width: int) -> bytes:
    """Return a page as PNG, `width` pixels wide, drawn from the very bytes. Raises IndexError for a page too far."""
    png = io.BytesIO()
    _drawn(pdf, page, width).save(png, format="PNG")
    return png.getvalue()


def _drawn(pdf: bytes, number: int, width: int) -> Image.Image:
    with _ONE_AT_A_TIME, ExitStack() as opened:
        document = opened.enter_context(closing(pypdfium2.PdfDocument(pdf)))
        if not 0 <= number < len(document):
            raise IndexError(number)
        page = opened.enter_context(closing(document[number]))
        # pdfium rounds up; a hair less than `width` never becomes one pixel more.
        bitmap = opened.enter_context(closing(page.render(scale=(width - 0.001) / page.get_width())))
        image: Image.Image = bitmap.to_pil()
        return image.copy()  # its pixels are pdfium's own until then
