"""What tests of several rooms share."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from kiosk.face.nets import MODELS
from tests.figures import Figures
from tests.patience import PATIENCE_S

# How long an example takes says something about this machine only. The same examples each time: who changed nothing
# sees nothing new; `make test-random` draws new ones, and many, and what it finds becomes an `@example`.
hypothesis.settings.register_profile("kiosk", deadline=None, derandomize=True)
hypothesis.settings.register_profile("random", deadline=None, max_examples=1_000)
if hypothesis.settings.get_current_profile_name() == "default":  # the mutants have their own
    hypothesis.settings.load_profile("kiosk")

MODELS_FOLDER = Path(__file__).resolve().parents[1] / "build" / "models"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let figures be kept."""
    parser.addoption("--figures", type=Path, metavar="FILE", help="keep what the tests found in numbers in this file")


def pytest_configure(config: pytest.Config) -> None:
    """What is ignored here (by nohup, by a shell's ``&``) is not ignored by what a test starts: exec drops handlers."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    if config.getoption("--figures"):
        config.pluginmanager.register(Figures(config.getoption("--figures")))


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


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    """A folder for sockets, whose names have at most 107 bytes: ``tmp_path`` lies as deep as whoever runs the tests."""
    with tempfile.TemporaryDirectory(prefix="kiosk-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def screen() -> Iterator[str]:
    """An X server of our own; its number is its answer that it is ready."""
    assert shutil.which("Xvfb"), "Xvfb is missing: `make test` installs it (Debian package xvfb)"
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        ready, _, _ = select.select([read], [], [], PATIENCE_S)
        assert ready, "Xvfb did not start"
        yield ":" + os.read(read, 16).decode().strip()
    finally:
        os.close(read)
        server.terminate()
        server.wait(PATIENCE_S)
