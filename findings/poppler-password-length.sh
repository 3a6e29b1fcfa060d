#!/bin/sh
# poppler 22.12.0: of a PDF's password more than 32 characters are refused, where qpdf and pypdf take them.
#
# Behaviour: a password of AES-256 may be 127 bytes long. poppler's command line keeps 32 of what it is given, and
#   calls the right password of 40 an incorrect one.
# Seen: with 32 characters all three open the file; with 33 and 40 pdftotext says "Incorrect password", qpdf and pypdf
#   open it.
# Here: the five words that protect a report are drawn so that they have 32 characters at most.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in pdftotext qpdf; do
    command -v "$tool" >/dev/null || { echo "$tool is missing (Debian: poppler-utils, qpdf)"; exit 2; }
done
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet fpdf2==2.8.9 pypdf==7.1.1 cryptography==50.0.2 || exit 2
cd "$work"
pdftotext -v 2>&1 | head -n 1
"$work/venv/bin/python" - <<'PY'
import subprocess
import sys

from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from pypdf import PdfReader

seen = {}
for length in (32, 33, 40):
    password = ("abcdefghij" * 4)[:length]
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    pdf.cell(text="hello")
    pdf.set_encryption("owner", password, encryption_method=EncryptionMethod.AES_256)
    pdf.output("report.pdf")
    poppler = subprocess.run(["pdftotext", "-upw", password, "report.pdf", "-"], capture_output=True, text=True)
    qpdf = subprocess.run(["qpdf", f"--password={password}", "--check", "report.pdf"], capture_output=True)
    seen[length] = (poppler.returncode == 0, qpdf.returncode == 0, bool(PdfReader("report.pdf").decrypt(password)))
    print(f"{length} characters: pdftotext opens it {seen[length][0]}, qpdf {seen[length][1]}, pypdf {seen[length][2]}")
    print(poppler.stderr, end="")
sys.exit(seen != {32: (True,) * 3, 33: (False, True, True), 40: (False, True, True)})
PY
