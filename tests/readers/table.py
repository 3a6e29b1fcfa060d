"""``docs/readers.md``: what each program of others saw of a package, as the tests of this folder have found it."""

from __future__ import annotations

from tests import figures

HEAD = """# What other programs see of a package

<!-- Written by `make docs` from what `make readers` found out (docs/figures.json). Change it in tests/readers. -->

A package is read by programs that are not ours. Each line is what a test saw through that program's own eyes: it
made a package, had the program open it, and compared. `make readers` does it again; `make test-slow` holds it.

| program | file | what it sees |
|---|---|---|
"""
TAIL = """
## Types

* Names of kiosks and sessions begin with a letter (`k…`, `s…`), and a person's new code is no number either: a
  program that guesses the type of a column finds text. **Names of earlier versions are not changed**, since they are
  keys of what is merged already. They keep their meaning wherever a reader can be told the type: `datapackage.json`
  says `string`, the workbook has cells of text, SQLite columns of `TEXT`, FHIR strings. Only a table without its
  descriptor has to be guessed, so have it read as text:

  ```
  pandas.read_csv("sessions.csv", dtype={"device_id": "str", "session_id": "str", "patient_code": "str"})
  polars.read_csv("sessions.csv", schema_overrides={"device_id": polars.String, "session_id": polars.String})
  duckdb.read_csv("sessions.csv", dtype={"device_id": "VARCHAR", "session_id": "VARCHAR"})
  ```

  `kiosk verify` says `NOTE names that look like numbers` of a package that has such names.
* In `datapackage.json` each column has its type, its unit, and what a cell may be (`minimum`, `maximum`, `enum`). A
  validator of data packages holds the same limits as `kiosk verify`.

## Characters

Tables are ASCII, and say so as `utf-8`, which every reader knows. They have no mark (BOM) in front: it would help
nobody, and some take it for a part of the first name. Tables of earlier versions have one, and are read. The mark
stands only where people's editors guess and there is more than ASCII: in `READ-ME.txt`, and in the sheet of `kiosk
voice sheet`.
"""


def readers_page() -> str:
    """The page."""
    found = {kept["figure"] for test, kept in figures.read().items() if test.startswith("tests/readers/")}
    rows = sorted(found, key=str.casefold)
    return HEAD + "".join(f"| {row} |\n" for row in rows) + TAIL
