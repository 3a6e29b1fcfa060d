"""Whatever happens to the settings file, the kiosk starts and the fault is named."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.config import SECTIONS, Settings, load

KEYS = [(section, field.name) for section, kind in SECTIONS.items() for field in msgspec.structs.fields(kind)]
HOSTILE = [
    *("true", "false", "-1", "0", "9" * 30, "1e400", "nan", "-inf", "1.0", '""', '"none"', "[]", "{}", "[[]]"),
    *('["a", 1]', '"\\u202e\\u0000"', "1979-05-27T07:32:00Z", "07:32:00", "'''\n'''", '"' + "x" * 900 + '"'),
    *("", "=", "[", "'", '"', "0x", "# nothing", "[" * 3000, "9" * 5000, '"\\ud800"', "{a.b.c = 1}"),
]


def toml_of(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(list(value) if isinstance(value, tuple) else value)


GOOD = "".join(
    f"[{section}]\n"
    + "".join(f"{field.name} = {toml_of(field.default)}\n" for field in msgspec.structs.fields(SECTIONS[section]))
    for section in SECTIONS
).encode()


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """The full default file after one to four accidents: of bytes, of lines, or of values."""
    text = GOOD
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 12)))
        lines = text.split(b"\n")
        line = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["bytes", "cut", "truncate", "line", "value", "key"])):
            case "bytes":
                text = text[:at] + draw(st.binary(max_size=6)) + text[end:]
            case "cut":
                text = text[:at] + text[end:]
            case "truncate":
                text = text[:at]
            case "line":
                text = b"\n".join([*lines, lines[line]])
            case "value":
                lines[line] = lines[line].split(b"=")[0] + b"= " + draw(st.sampled_from(HOSTILE)).encode()
                text = b"\n".join(lines)
            case "key":
                lines[line] = draw(st.text("abcdefgh_.\"'[]", max_size=9)).encode() + lines[line]
                text = b"\n".join(lines)
    return text


def judge(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kiosk.toml"
        path.write_bytes(raw)
        got, faults = load(path, {})
    assert isinstance(got, Settings)
    for fault in faults:
        assert fault.file == "kiosk.toml"
        assert fault.rule
        assert fault.action
        assert str(fault).isprintable()
    if faults:
        assert len(faults) >= 2, "the fault itself, and which settings are used"
        assert got == Settings()
        return
    # Nothing was named, so the file must mean exactly what the kiosk took from it.
    document = tomllib.loads(raw.decode("utf-8-sig").replace("\r\n", "\n"))
    assert set(document) <= set(SECTIONS)
    for section, table in document.items():
        for key, value in table.items():
            kept = getattr(getattr(got, section), key)
            assert (list(kept) if isinstance(kept, tuple) else kept) == value
            assert isinstance(value, bool) == isinstance(kept, bool)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(mutants())
def test_mutants(raw: bytes) -> None:
    """200 damaged files: each starts the kiosk, and nothing is silently taken for something else."""
    judge(raw)


@pytest.mark.slow
@settings(max_examples=3000, suppress_health_check=list(HealthCheck))
@given(mutants())
def test_many_mutants(raw: bytes) -> None:
    """The same for 3,000 damaged files."""
    judge(raw)


@settings(max_examples=200)
@given(st.sampled_from(KEYS), st.sampled_from([None, -1, 10**40, 1.5, "x" * 5000, "\x00", [1], {"a": 1}]))
def test_a_wrong_value_is_named_where_it_stands(key: tuple[str, str], value: object) -> None:
    """For any setting, a value of the wrong kind or size is named with the line and path of that setting."""
    section, name = key
    shown = "07:32:00" if value is None else toml_of(value) if not isinstance(value, dict) else "{ a = 1 }"
    shown = shown.replace("\x00", "\\u0000")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kiosk.toml"
        path.write_text(f"# first line\n[{section}]\n{name} = {shown}\n", encoding="utf-8")
        got, faults = load(path, {})
    assert got == Settings()
    assert faults[0].where == f"line 3 ({section}.{name})"
