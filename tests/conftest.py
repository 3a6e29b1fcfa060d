"""What tests of several rooms share."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.face.nets import MODELS

MODELS_FOLDER = Path(__file__).resolve().parents[1] / "build" / "models"


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """The folder with the three models that look at a face; `make test` fetches them once."""
    missing = [name for name in MODELS if not (MODELS_FOLDER / name).is_file()]
    if missing:
        pytest.fail(
            f"build/models lacks {', '.join(missing)}: run `.venv/bin/kiosk models --to build/models` with a network"
        )
    return MODELS_FOLDER
