"""What tests of several rooms share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.face.nets import MODELS

MODELS_FOLDER = Path(__file__).resolve().parents[1] / "build" / "models"


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The default data folder of this machine's user plays no part in any test."""
    home = tmp_path_factory.mktemp("home")
    before = {name: os.environ.pop(name, None) for name in ("XDG_DATA_HOME", "STATE_DIRECTORY")}
    os.environ["XDG_DATA_HOME"] = str(home)
    yield home
    del os.environ["XDG_DATA_HOME"]
    os.environ.update({name: value for name, value in before.items() if value is not None})


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """The folder with the three models that look at a face; `make test` fetches them once."""
    missing = [name for name in MODELS if not (MODELS_FOLDER / name).is_file()]
    if missing:
        pytest.fail(
            f"build/models lacks {', '.join(missing)}: run `.venv/bin/kiosk models --to build/models` with a network"
        )
    return MODELS_FOLDER
