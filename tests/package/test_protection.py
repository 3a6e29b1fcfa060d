"""Who can open a package: five random words, the keys of the clinic, everybody; and nobody else."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import pyrage
import pytest
import pyzipper

from kiosk.errors import HandoverError, PackageError
from kiosk.package.protection import (
    Keys,
    Protection,
    ProtectionMethod,
    fingerprint,
    new_passphrase,
    protection,
    read_identities,
    read_passphrases,
    read_recipients,
    recipients,
    seal,
    tidy,
)
from kiosk.package.verify import verify
from kiosk.package.write import PeopleFile
from tests.package.made import code, exported, lived, record
from tests.package.mutants import relist

WORDS = "abacus drop-down felt-tip zoom yo-yo"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return record(tmp_path / "data", lived(sessions=2, steps=2))


def keys(count: int) -> list[pyrage.x25519.Identity]:
    return [pyrage.x25519.Identity.generate() for _ in range(count)]


def public(identities: list[pyrage.x25519.Identity]) -> tuple[str, ...]:
    return tuple(str(identity.to_public()) for identity in identities)


def test_words_come_from_a_list_that_is_long_enough(tmp_path: Path) -> None:
    """60 bits, or no export: a list that was cut short must not make weak words in silence.

    And 32 characters at most: poppler's tools would not open the report with more.
    """
    seen = {new_passphrase() for _ in range(50)}
    assert len(seen) == 50
    assert all(len(words.split()) == 5 and words == tidy(words) for words in seen)
    assert max(map(len, seen)) <= 32
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "eff-long.txt").write_text("\n".join(f"w{n}" for n in range(7775)))
    with pytest.raises(HandoverError, match="7775 words; 7776 are needed"):
        new_passphrase(tmp_path)
    (tmp_path / "words" / "eff-long.txt").write_text("\n".join(f"longword{n}" for n in range(7776)))
    with pytest.raises(HandoverError, match="too long"):
        new_passphrase(tmp_path)
    with pytest.raises(HandoverError, match="cannot be read"):
        new_passphrase(tmp_path / "nowhere")


def test_the_words_open_it_and_others_do_not(data: Path, tmp_path: Path) -> None:
    """Right words: PASS. Wrong ones, none, or an identity: not opened, and the reason is the words."""
    place = exported(data, tmp_path / "out", Protection(WORDS)).made.place
    assert verify(place, Keys((WORDS,))).passed
    assert verify(place, Keys(("no words at all here", WORDS))).passed
    wrong = verify(place, Keys(("abacus drop-down felt-tip zoom yodel",)))
    assert not wrong.passed
    assert "the words do not open it" in wrong.reason
    for keyless in (Keys(), Keys(identities=tuple(keys(1)))):
        found = verify(place, keyless)
        assert (found.passed, found.outer, found.inside) == (False, True, False)
        assert "the files are as they were written, but they were not opened" in found.reason
    with pyzipper.AESZipFile(place / "data.zip") as archive:
        assert all(member.flag_bits & 1 for member in archive.infolist())
        assert {member.wz_aes_strength for member in archive.infolist()} == {3}  # AES-256


def test_each_key_of_the_clinic_opens_it(data: Path, tmp_path: Path) -> None:
    """Both keys open it, a third does not; nothing personal lies beside it in the clear."""
    mine = keys(3)

    def write(snapshot: object, stream: BinaryIO, password: str | None) -> None:
        assert password is None
        stream.write(f"%PDF {code(0)}".encode())

    paper = (PeopleFile("report.pdf", write),)
    place = exported(data, tmp_path / "out", Protection(keys=public(mine[:2])), documents=paper).made.place
    assert {path.name for path in place.iterdir()} == {
        "data.zip.age",
        "report.pdf.age",
        "READ-ME.txt",
        "MANIFEST.sha256",
    }
    assert not any(code(0).encode() in path.read_bytes() for path in place.iterdir())
    for identity in mine[:2]:
        assert verify(place, Keys(identities=(identity,))).passed
    other = verify(place, Keys(identities=(mine[2],)))
    assert "encrypted to other keys" in other.reason
    assert pyrage.decrypt((place / "report.pdf.age").read_bytes(), [mine[0]]).startswith(b"%PDF")


@pytest.mark.parametrize("way", ["words", "keys"])
def test_a_file_that_was_cut_or_changed_is_said_to_be(data: Path, tmp_path: Path, way: str) -> None:
    """Truncated or with one other bit, and with a manifest that was changed to match: clear words either way."""
    mine = keys(2)
    made = Protection(WORDS) if way == "words" else Protection(keys=public(mine))
    opens = Keys((WORDS,)) if way == "words" else Keys(identities=(mine[0],))
    place = exported(data, tmp_path / "out", made).made.place
    name = f"data.zip{made.suffix}"
    raw = (place / name).read_bytes()
    middle = len(raw) // 2
    flipped = raw[:middle] + bytes([raw[middle] ^ 4]) + raw[middle + 1 :]
    for changed in (raw[:middle], raw[:-1], flipped, b""):
        (place / name).write_bytes(changed)
        assert "not as it was written" in verify(place, opens).reason
        relist(place)
        found = verify(place, opens)
        assert not found.passed
        assert "damaged" in found.reason or "do not open" in found.reason, found.reason


def test_keys_are_read_strictly(tmp_path: Path) -> None:
    """A key that is lost must not lose all data, and a typing error or a secret key must not pass."""
    first, second = public(keys(2))
    good = f"# the clinic's keys\n{first}\n\n  {second}  \n"
    assert read_recipients(good.encode(), "keys") == (first, second)
    refused = {
        "keys: 1 keys; from 2 to 20": first,
        "line 2: this key stands there twice": f"{first}\n{first}",
        "line 1: this is no age key": f"{first[:-1]}{'p' if first[-1] == 'q' else 'q'}\n{second}",
        "line 2: this is no age key (age1": f"{first}\nssh-ed25519 AAAA",
        "line 1: this is a SECRET key": str(keys(1)[0]),
        "keys: 0 keys": "# nothing",
        "line 1: this is no": "\0\xff",
        "has at most": "#" * 20_000,
    }
    for reason, text in refused.items():
        with pytest.raises(HandoverError) as caught:
            read_recipients(text.encode("utf-8", "replace"), "keys")
        assert reason in str(caught.value), text
        assert "AGE-SECRET" not in str(caught.value)
    with pytest.raises(HandoverError, match="no keys are installed"):
        protection(ProtectionMethod.RECIPIENTS, tmp_path)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "recipients.txt").write_text(good)
    assert recipients(tmp_path) == (first, second)
    assert protection(ProtectionMethod.RECIPIENTS, tmp_path).suffix == ".age"
    assert fingerprint(first) != fingerprint(second)
    assert len(fingerprint(first)) == 19


def test_files_of_secrets_are_read_as_people_write_them(tmp_path: Path) -> None:
    """Capitals, two spaces and comments do not keep words from opening; what holds no key says so."""
    path = tmp_path / "words.txt"
    path.write_text(f"# ward 3\n  {WORDS.upper().replace(' ', '  ')}\r\n")
    assert read_passphrases(path).passphrases == (WORDS,)
    path.write_text(f"# created: today\n{keys(1)[0]}\n")
    assert len(read_identities(path).identities) == 1
    for text in ("", "AGE-SECRET-KEY-1QQ"):
        path.write_text(text)
        with pytest.raises(ValueError, match="no age identity"):
            read_identities(path)


SAVED: Mapping[str, Callable[[str], bytes]] = {
    "utf-8 with a mark": lambda text: codecs.BOM_UTF8 + text.replace("\n", "\r\n").encode(),
    "spaces at the end": lambda text: text.replace("\n", " \t\n").encode(),
    "spaces that do not break": lambda text: text.replace(" ", "\u00a0").encode(),
    "the same in a code page": lambda text: text.replace(" ", "\u00a0").encode("cp1252"),
    "a mark inside": lambda text: text.replace("\n", "\ufeff\u200b\n").encode(),
}


@pytest.mark.parametrize("how", SAVED)
def test_a_file_of_words_or_keys_opens_whatever_editor_saved_it(tmp_path: Path, how: str) -> None:
    """A mark at the beginning is no part of the first word, and a space is a space."""
    path = tmp_path / "file.txt"
    path.write_bytes(SAVED[how](f"{WORDS}\n# the next one\nsix seven eight nine ten\n"))
    assert read_passphrases(path).passphrases == (WORDS, "six seven eight nine ten")
    mine = keys(2)
    path.write_bytes(SAVED[how]("".join(f"{key}\n" for key in mine)))
    assert len(read_identities(path).identities) == 2
    public = "".join(f"{key.to_public()}\n" for key in mine)
    assert len(read_recipients(SAVED[how](public), "keys")) == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named(tmp_path: Path, encoding: str) -> None:
    """What an editor calls Unicode opens nothing: that is said, and what to do."""
    path = tmp_path / "file.txt"
    path.write_bytes(f"{WORDS}\r\n".encode(encoding))
    for read in (read_passphrases, read_identities):
        with pytest.raises(PackageError, match=r"UTF-16.*save it again as UTF-8"):
            read(path)
    with pytest.raises(HandoverError, match="UTF-16"):
        read_recipients(path.read_bytes(), "keys")


def test_secrets_do_not_show(data: Path, tmp_path: Path) -> None:
    """Words in a log or a traceback are words that others read."""
    assert WORDS not in repr(Protection(WORDS))
    assert WORDS not in repr(Keys((WORDS,)))
    place = exported(data, tmp_path / "out", Protection(WORDS)).made.place
    assert not any(WORDS.encode() in path.read_bytes() for path in (*place.iterdir(), data / "kiosk.db"))


def test_trouble_at_either_end_of_a_seal_comes_through() -> None:
    """A full stick must not look like a finished file because the library in between swallowed the error."""
    to = public(keys(2))

    def broken() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise KeyError("source")

    written: list[bytes] = []

    def full(_data: bytes) -> None:
        raise OSError(28, "full")

    with pytest.raises(KeyError, match="source"):
        seal(broken(), written.append, to)
    for chunks in ([b"x"], [b"x" * 300_000]):
        with pytest.raises(OSError, match="full"):
            seal(chunks, full, to)
