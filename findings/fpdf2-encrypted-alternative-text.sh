#!/bin/sh
# fpdf2 2.8.9: the alternative text of a picture is lost in a PDF that is encrypted.
#
# Behaviour: `alt_text` is written as plain text into the structure also where the file is encrypted. A reader decrypts
#   it, and is left with nothing (AES) or with noise (RC4): whoever has the page read out hears no word of the picture.
# Seen: without encryption "A red dot"; with AES-256 an empty text.
# Here: the report's figures have their texts encrypted like the others (kiosk/report/canvas.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet fpdf2==2.8.9 pypdf==7.1.1 cryptography==50.0.2 || exit 2
"$work/venv/bin/python" - <<'PY'
import io
import sys

from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from PIL import Image
from pypdf import PdfReader

seen = {}
for method in (None, EncryptionMethod.AES_256):
    pdf = FPDF()
    pdf.add_page()
    pdf.image(Image.new("L", (8, 8)), w=20, alt_text="A red dot")
    if method is not None:
        pdf.set_encryption("owner", "user", encryption_method=method)
    reader = PdfReader(io.BytesIO(bytes(pdf.output())))
    if reader.is_encrypted:
        reader.decrypt("user")
    document = reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0].get_object()
    seen[method and method.name] = str(document["/K"][0].get_object().get("/Alt"))
for name, text in seen.items():
    print(f"encryption {name}: alternative text {text!r}")
sys.exit(seen != {None: "A red dot", "AES_256": ""})
PY
