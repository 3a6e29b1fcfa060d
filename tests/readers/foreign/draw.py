"""Draws every page of a PDF in grey: ``draw.py pypdfium2|pymupdf FILE DPI FOLDER PASSWORD``. JSON: the pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def by_pypdfium2(file: str, dpi: int, to: Path, password: str) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(file, password=password or None)
    for number, page in enumerate(document):
        bitmap = page.render(scale=dpi / 72, grayscale=True)
        # Lines of bytes, without a further library: what is beside a line's pixels is not written.
        raw = bytes(bitmap.buffer)
        lines = [raw[at * bitmap.stride : at * bitmap.stride + bitmap.width] for at in range(bitmap.height)]
        head = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
        (to / f"page-{number}.pgm").write_bytes(head + b"".join(lines))
    return len(document)


def by_pymupdf(file: str, dpi: int, to: Path, password: str) -> int:
    import pymupdf

    document = pymupdf.open(file)
    if password:
        document.authenticate(password)
    for number, page in enumerate(document):
        page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY).save(to / f"page-{number}.pgm")
    return len(document)


def main() -> None:
    library, file, dpi, to, password = sys.argv[1:]
    draw = {"pypdfium2": by_pypdfium2, "pymupdf": by_pymupdf}[library]
    print(json.dumps([f"page-{number}.pgm" for number in range(draw(file, int(dpi), Path(to), password))]))  # noqa: T201


if __name__ == "__main__":
    main()
