"""Each language carries who has reviewed it; until then staff can read that nobody has."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.screens.scene import TableScene
from kiosk.words import languages, reviewed_by
from tests.runtime.test_protection import Kiosk


def test_status_names_each_language_that_no_person_has_reviewed(tmp_path: Path) -> None:
    """A therapist must be able to see that the words of the voice are a machine's."""
    kiosk = Kiosk(tmp_path, "boot-1", 2)
    try:
        kiosk.choose("Status")
        scene = kiosk.scene
        assert isinstance(scene, TableScene)
        told = {row.label: row.value for row in scene.rows}
        assert told["Language"] == f"not yet reviewed by a person: {', '.join(languages())}"
    finally:
        kiosk.close()


@pytest.mark.parametrize(
    ("kept", "said"), [(None, ""), (b"", ""), (b" \n", ""), (b"\xff\xfe", ""), (b"A. Therapist\n", "A. Therapist")]
)
def test_a_language_is_reviewed_once_somebody_says_so(kept: bytes | None, said: str, tmp_path: Path) -> None:
    """By a name in its folder; nothing else counts."""
    folder = tmp_path / "locale" / "de"
    folder.mkdir(parents=True)
    if kept is not None:
        (folder / "reviewed_by.txt").write_bytes(kept)
    assert reviewed_by("de", tmp_path) == said
