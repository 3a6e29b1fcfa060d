"""A TOML file of a clinic as tables, whatever its bytes are; or the reason why there are none."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.faults import Fault

FILE_BYTES = 64 * 1024
LINE_BYTES = 2500
AGAIN = "install the kiosk again"


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The file ``name``: its text (``source``) and tables (``data``; None: it could not be read, see ``faults``)."""

    name: str
    source: str = ""
    data: Mapping[str, Any] | None = None
    faults: tuple[Fault, ...] = ()


def parse(path: Path) -> TomlFile:
    """The tables of a TOML file, or the reason why there are none."""

    def left_out(where: str, rule: str, action: str) -> TomlFile:
        return TomlFile(path.name, faults=(Fault(path.name, where, "", rule, action),))

    try:
        # Without O_NONBLOCK, opening a pipe that somebody left in the folder would wait for ever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return left_out("", "this is not a file", "take it out of the folder")
            raw = file.read(FILE_BYTES + 1)
    except FileNotFoundError:
        return left_out("", "the file is missing", AGAIN)
    except (OSError, ValueError) as error:
        return left_out("", f"the file cannot be read ({error})", "check the file and its rights")
    return tables(path.name, raw)


def tables(name: str, raw: bytes) -> TomlFile:
    """The tables of the bytes of a TOML file, or the reason why there are none."""

    def left_out(where: str, rule: str, action: str) -> TomlFile:
        return TomlFile(name, faults=(Fault(name, where, "", rule, action),))

    if len(raw) > FILE_BYTES:
        return left_out("", f"the file is larger than {FILE_BYTES // 1024} KiB", "make several files")
    # tomllib takes a minute for one dotted key that fills a file; no honest line is this long.
    lines = raw.split(b"\n")
    long = next((number for number, line in enumerate(lines, 1) if len(line) > LINE_BYTES), None)
    if long is not None:
        return left_out(f"line {long}", f"the line is longer than {LINE_BYTES} bytes", "make it shorter")
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return left_out(f"line {line}", "this is not UTF-8 text", "save the file as UTF-8")
    try:
        return TomlFile(name, source, tomllib.loads(source))
    except RecursionError:
        return left_out("", "lists or tables lie too deep in each other", "write it flat")
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        return left_out("", f"this is not TOML: {str(error)[:120]}", "put that place right")
