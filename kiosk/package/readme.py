"""``READ-ME.txt``: how to open a package. It names nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kiosk.package.archives import whole_name
from kiosk.package.protection import Protection

README = "READ-ME.txt"


def readme_bytes(files: Sequence[str], protection: Protection, _: Callable[[str], str], left_out: int = 0) -> bytes:
    """The text for a package that holds ``files``, in the words ``_`` gives; lines end as Windows has them.

    ``left_out``: rows of the record that could not be read.
    """
    about = {
        "report.pdf": _("for reading and printing: how each person practised"),
        "sessions.xlsx": _("the same as tables, for Excel or LibreOffice"),
        "data.zip": _("for programs: all tables as CSV with their meanings, FHIR, films if there are any"),
    }
    more = {"sessions.xlsx": _("the tables go on here"), "data.zip": _("more films")}
    lines = [_("This folder was made by a facial rehab kiosk. Keep its files together."), ""]
    for name in files:
        plain = name.removesuffix(protection.suffix)
        if plain.endswith((".pdf", ".xlsx", ".zip")):
            lines.append(f"{name}: {about.get(plain) or more[whole_name(plain)]}")
    lines.append("")
    if protection.keys:
        lines += [
            _("The files above are encrypted to the keys of your clinic (age, https://age-encryption.org)."),
            _("Open a file with:"),
            "  age --decrypt -i KEY-FILE -o report.pdf report.pdf.age",
        ]
    elif protection.passphrase:
        lines += [
            _("The files above open with the five words that the kiosk showed once: small letters, one space between."),
            _("The words are kept nowhere: without them nobody can open the files, and a new export must be made."),
            _("Windows cannot open the encrypted data.zip by itself: use 7-Zip."),
        ]
    else:
        lines.append(
            _("NOTHING IS ENCRYPTED: whoever holds this folder can read all of it. Keep it as you keep files.")
        )
    if left_out:
        said = _("Of the kiosk's record {n} rows could not be read. They are not here; datapackage.json names them.")
        lines += ["", said.format(n=left_out)]
    lines += [
        "",
        _("MANIFEST.sha256 tells whether the files are whole: kiosk verify FOLDER, or sha256sum -c MANIFEST.sha256."),
        _("Not a medical device. The figures are no measure of health."),
        "",
    ]
    return "\r\n".join(lines).encode("utf-8")
