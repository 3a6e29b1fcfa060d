"""The process that children are forked from: what they find, how they end, and that none is left behind."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.app import NURSED
from kiosk.devices.supervised import ChildProcess
from kiosk.nursery.nursery import Nursery
from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
CHILD = "tests.nursery.nursed"


class Nursed(ChildProcess):
    """A child with a file to read from."""

    def __init__(self, nursery: Nursery, how: str = "", module: str = CHILD) -> None:
        file = os.memfd_create("nursed")
        os.write(file, b"a picture")
        os.lseek(file, 0, os.SEEK_SET)
        super().__init__("nursed", module, lambda link: (str(link), how, str(file)), (file,), nursery.start)
        os.close(file)

    def hears(self) -> bytes:
        """Its next message."""
        found: list[bytes] = []
        while not found and not self.ended:
            assert select.select([self], [], [], PATIENCE_S)[0], "it says nothing"
            found = self.messages()
        return found[0] if found else b""

    def tells(self) -> dict[str, Any]:
        """What it found when it began."""
        return dict(json.loads(self.hears()))

    def ends(self) -> str:
        """The way in which it ended."""
        until(self.gone)
        return self.epitaph()


def until(done: Callable[[], bool]) -> None:
    """Look again and again."""
    for _ in range(round(PATIENCE_S * 100)):
        if done():
            return
        select.select([], [], [], 0.01)
    raise AssertionError("it does not come to that")


def is_there(pid: int) -> bool:
    """Whether there is such a process, and it is no dead one that nobody has buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nursery]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    made = Nursery(("numpy",))
    yield made
    made.kill()


def test_a_child_finds_what_a_new_interpreter_would(nursery: Nursery) -> None:
    """Arguments, descriptors under their numbers and no others, a session of its own; and the libraries are there."""
    child = Nursed(nursery)
    told = child.tells()
    assert told["arguments"][2] == ""
    assert told["name"] == "__main__"
    assert told["group"]
    assert told["memory"] == "a picture"
    assert (told["threads"], told["tasks"]) == (1, 1)
    link, memory = int(told["arguments"][1]), int(told["arguments"][3])
    assert {link, memory} <= set(told["open"])
    assert len(told["open"]) == 5
    assert told["loaded"]
    assert not told["screen"]
    child.say(b"and now")
    assert child.hears() == b"heard"
    assert not child.gone()
    child.hang_up()
    assert child.ends() == "the nursed program ended by itself"


def test_a_program_that_was_loaded_ahead_is_not_loaded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run anew, as after ``python -m``, it would have all its classes twice, and copies of its libraries' pages."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    nursery = Nursery((CHILD,))
    child = Nursed(nursery, "code")
    told = child.tells()
    assert told["name"] == CHILD
    assert told["arguments"][2] == "code"
    assert "ended with exit code 3" in child.ends()
    nursery.close()


def test_the_programs_of_camera_and_sight_are_loaded_ahead() -> None:
    """So is all that they load later: what each loads for itself lies in memory twice."""
    assert {"kiosk.devices.camera_child", "kiosk.sight.child"} <= set(NURSED)
    loads = "import sys\nfor name in sys.argv[1:]: __import__(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loads, *NURSED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"av", "cv2", "kiosk.face.looker", "kiosk.sight.clips"} <= set(done.stdout.split())


LOOKING = """
import sys
for name in sys.argv[2:]: __import__(name)
from pathlib import Path
from kiosk.drawn.person import DrawnFace
from kiosk.drawn.pose import Pose
from kiosk.face.model import Task, Zone
from kiosk.sight.child import make_looker
picture = DrawnFace(size=(640, 360), texture=2).draw(Pose()).pixels
loaded = set(sys.modules)
looker, _ = make_looker(Path(sys.argv[1]))
rest = Task(key="a", zone=Zone.MOUTH, neutral_from_ms=0, neutral_to_ms=800)
readings = [looker.look(picture, t_ms, rest) for t_ms in range(0, 1600, 80)]
assert readings[-1].neutral, readings[-1]
print(*sorted(set(sys.modules) - loaded))
"""


def test_whoever_looks_loads_nothing_more(models_folder: Path) -> None:
    """A library that is loaded in the middle of a session makes the first looks late, and lies in no shared page."""
    program = [sys.executable, "-c", LOOKING, str(models_folder), *NURSED]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


@pytest.mark.parametrize(
    ("how", "said"),
    [("code", "ended with exit code 3"), ("signal", "was stopped by SIGTERM"), ("fault", "ended with exit code 1")],
)
def test_however_a_child_ends_it_is_told(how: str, said: str, nursery: Nursery) -> None:
    """Staff read the same sentence as of a new interpreter."""
    assert said in Nursed(nursery, how).ends()


def test_children_share_one_process_that_goes_with_the_last_of_them(nursery: Nursery) -> None:
    """It stays between two sessions, so that the next camera is there at once, and ends after the kiosk has hung up."""
    first, second = Nursed(nursery), Nursed(nursery)
    told = first.tells(), second.tells()
    source = told[0]["parent"]
    assert source == told[1]["parent"] != os.getpid()
    first.kill()
    assert "SIGKILL" in first.ends()
    second.say(b"are you there")
    assert second.hears() == b"heard"
    third = Nursed(nursery)
    assert third.tells()["parent"] == source
    for child in (second, third):
        child.hang_up()
        child.ends()
    fourth = Nursed(nursery)
    assert fourth.tells()["parent"] == source
    nursery.close()
    fourth.say(b"are you there")
    assert fourth.hears() == b"heard"
    fourth.hang_up()
    fourth.ends()
    until(lambda: not is_there(source))


def test_what_the_kiosk_loads_ahead_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that another thread holds in the moment of a fork is never let go in the child."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    nursery = Nursery(NURSED)
    nursery.warm()
    child = Nursed(nursery)
    told = child.tells()
    assert len(os.listdir(f"/proc/{told['parent']}/task")) == 1
    assert (told["loaded"], told["screen"], told["tasks"]) == (True, False, 1)
    child.hang_up()
    child.ends()
    nursery.close()


def test_where_it_dies_its_children_die_and_the_next_one_has_another(nursery: Nursery) -> None:
    """The kiosk hears of it as of any end, and begins again."""
    child = Nursed(nursery, "hang")
    told = child.tells()
    pid = child.pid
    os.kill(told["parent"], signal.SIGKILL)
    assert "SIGKILL" in child.ends()
    until(lambda: not is_there(pid))
    assert Nursed(nursery).tells()["parent"] != told["parent"]


def test_a_library_that_cannot_be_loaded_is_left_to_whoever_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are none the worse for it."""
    (tmp_path / "broken.py").write_text("raise OSError('libGL.so.1 is missing')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
    nursery = Nursery(("broken", "numpy"))
    child = Nursed(nursery)
    assert child.tells()["loaded"]
    child.kill()
    child.ends()


def test_one_that_hangs_while_it_loads_is_killed_with_the_child_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A medium that does not answer holds an import for ever; the supervisor's patience has an end."""
    (tmp_path / "endless.py").write_text("import signal\nsignal.pause()", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
    nursery = Nursery(("endless",))
    child = Nursed(nursery)
    assert not child.gone()
    child.kill()
    assert "SIGKILL" in child.ends()


@pytest.mark.parametrize("fault", ["import os; os.kill(os.getpid(), 4)", "import signal\nsignal.pause()"])
def test_a_library_that_takes_it_along_costs_only_whoever_needs_it(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instruction that a processor has not got, say: the next child is forked from one that has not loaded it."""
    (tmp_path / "fatal.py").write_text(fault, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
    nursery = Nursery(("numpy", "fatal"))
    first = Nursed(nursery)
    if "pause" in fault:
        first.kill()
    first.ends()
    second = Nursed(nursery)
    told = second.tells()
    assert not told["loaded"]
    os.kill(told["parent"], signal.SIGKILL)
    second.ends()
    nursery.close()


def test_one_that_dies_after_it_had_a_child_is_followed_by_one_that_loads_as_much(nursery: Nursery) -> None:
    """Memory had run out, say: no library is to blame."""
    child = Nursed(nursery, "hang")
    os.kill(child.tells()["parent"], signal.SIGKILL)
    child.ends()
    again = Nursed(nursery)
    assert again.tells()["loaded"]
    again.hang_up()
    again.ends()


def test_one_that_cannot_be_started_is_an_error_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """The supervisor says so, and tries again."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    nursery = Nursery(())
    nursery.warm()
    with pytest.raises(OSError, match="nowhere"):
        Nursed(nursery)


KIOSK = """
import sys
from tests.nursery.test_nursery import Nursed
from kiosk.nursery.nursery import Nursery
children = [Nursed(nursery := Nursery(()), how) for how in ("", "hang")]
told = [child.tells() for child in children]
print(told[0]["parent"], *(child.pid for child in children if child.gone() or child.pid), flush=True)
sys.stdin.read()
"""


def test_nothing_of_it_outlives_the_kiosk() -> None:
    """A camera and its light would stay on."""
    program = [sys.executable, "-c", KIOSK]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as kiosk:
        assert kiosk.stdout is not None
        pids = [int(word) for word in kiosk.stdout.readline().split()]
        assert len(pids) == 3
        kiosk.kill()
    until(lambda: not any(map(is_there, pids)))
