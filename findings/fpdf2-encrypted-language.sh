#!/bin/sh
# fpdf2 2.8.9: a PDF that is encrypted loses its language.
#
# Behaviour: `set_lang` writes /Lang into the catalogue as plain text also where the file is encrypted. A reader
#   decrypts each text of such a file, this one too, and is left with nothing (AES) or with noise (RC4). The title,
#   which is encrypted, comes back.
# Seen: without encryption the language is en-GB; with AES-128 and AES-256 it is empty.
# Here: the report writes its language as a text that is encrypted like the others (kiosk/report/canvas.py).
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
from pypdf import PdfReader

seen = {}
for method in (None, EncryptionMethod.AES_128, EncryptionMethod.AES_256):
    pdf = FPDF()
    pdf.set_lang("en-GB")
    pdf.set_title("Report")
    pdf.add_page()
    if method is not None:
        pdf.set_encryption("owner", "user", encryption_method=method)
    reader = PdfReader(io.BytesIO(bytes(pdf.output())))
    if reader.is_encrypted:
        reader.decrypt("user")
    seen[method and method.name] = (reader.trailer["/Root"].get("/Lang"), reader.metadata.title)
for name, (language, title) in seen.items():
    print(f"encryption {name}: language {language!r}, title {title!r}")
expected = {None: ("en-GB", "Report"), "AES_128": ("", "Report"), "AES_256": ("", "Report")}
sys.exit(seen != expected)
PY
