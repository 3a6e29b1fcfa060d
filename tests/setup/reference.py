"""Writes the reference pages from the program itself: ``make docs``. A test compares them with what is committed."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from babel.core import Locale

from kiosk.care import plan
from kiosk.care.outcomes import OUTCOMES, TOLD, SaidAt
from kiosk.cli import cli
from kiosk.config import VARIABLES, rule_of
from kiosk.paths import assets
from kiosk.programmes.shelf import load
from kiosk.session.prompts import PROMPTS, TEXTS
from kiosk.settings import SECTIONS
from kiosk.words import ENGLISH, languages, reviewed_by, words
from tests.bench.arm.page import on_a_pi_page
from tests.care.closed import closed_page
from tests.care.plans import plans_page
from tests.commands.voices import read_page, voices_page
from tests.films.table import films_page
from tests.planning.presses import presses_page
from tests.programmes.refused import refused_page
from tests.readers.table import readers_page
from tests.session.moments import sessions_page
from tests.setup.faults import faults_page
from tests.setup.reading import grades
from tests.setup.soup import soup_page

LANGUAGES = (ENGLISH, *(language for language in languages() if language != ENGLISH))

SETTINGS_HEAD = """# Settings

<!-- Written by `make docs` from kiosk/settings.py. Change it there. -->

The kiosk needs no settings file. To change something, write `kiosk.toml` into the data folder (on an appliance
`/var/lib/facial-rehab-kiosk/kiosk.toml`), for example:

```toml
[screen]
width_mm = 345

[site]
device_label = "Room 12"
emergency_text = ["Press your call bell", "or call 112"]
```

Then run `kiosk check kiosk.toml` and start the kiosk again (`sudo systemctl restart kiosk`). Every fault is named with
its line. A file with a fault never stops the kiosk: it goes on with the last good copy (`kiosk.toml.last-good`), else
with the defaults, and says so on the staff screen and in `kiosk doctor`.

Each setting can also be given as an environment variable, `KIOSK_SECTION_KEY`, which overrides the file. A bad variable
is named and left out.
"""
OUTCOMES_HEAD = """# What follows from an answer

<!-- Written by `make docs` from kiosk/care/outcomes.py. Change it there. -->

What a person says in a session leads to one outcome, from which the screen, the voice, the staff inbox, the event log
and the report all speak. A test leads a session through every row and compares the five. A row that is not here leads
to nothing but the next question. Pain counts where rule 5 says so: sharp, or moderate or worse *and* worse than at
check-in (at check-in: moderate or worse, unless staff know of it). After pain the words go on with what stays open for
this person: "Releases and relaxing stay open", "Relaxing stays open", or nothing.
"""
COMMANDS_HEAD = """# Commands

<!-- Written by `make docs` from the commands' own help. Change it in kiosk/cli.py. -->

Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 70 a fault inside, 75 try again later.
"""
SENTENCES_HEAD = """# What a session says

<!-- Written by `make docs` from kiosk/session/prompts.py, assets/programmes and assets/locale. Change it there. -->

For the therapist who reviews it: all that the screen shows and the voice says in a session, in each language. What is
shown is spoken as well, in the same words; the rest is only spoken. How a language is changed or added:
[translating](translating.md).
"""
READING_HEAD = """
## How hard it is to read

As a school grade, which is about the age less six; about eleven years are meant. English by Flesch-Kincaid (1975),
German by the fourth Wiener Sachtextformel (Bamberger and Vanecek 1984), Spanish by Crawford (1989).
The formulas are made for whole pages: sentences as short as these stand at their lower end.

| language | said in a session | cards |
|---|---|---|
"""
EXERCISES_HEAD = """
## Exercises and cards

In the middle of an exercise stands its sentence, spoken at its start; the words of what is done just now have a full
stop in the voice and none on the screen. Everything else is shown as it is spoken.
"""


def settings_page() -> str:
    """Every setting with its default, its range, its variable and its sentence."""
    variables = {path: name for name, path in VARIABLES.items()}
    parts = [SETTINGS_HEAD]
    for section, kind in SECTIONS.items():
        parts.append(f"\n## [{section}]\n\n{kind.__doc__}\n")
        parts.append("\n| key | default | may be | meaning | variable |\n|---|---|---|---|---|\n")
        for field in msgspec.structs.fields(kind):
            info = msgspec.inspect.type_info(field.type)
            description = (getattr(info, "extra_json_schema", None) or {})["description"]
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            shown = msgspec.json.encode(default).decode()
            row = [f"`{field.name}`", f"`{shown}`", rule_of(field.type), description]
            parts.append(f"| {' | '.join(row)} | `{variables[section, field.name]}` |\n")
    return "".join(parts)


def commands_page() -> str:
    """The help of every command, as a terminal of 100 columns shows it."""
    top = click.Context(cli, info_name="kiosk", terminal_width=100, **cli.context_settings)
    parts = [COMMANDS_HEAD, f"\n```\n{cli.get_help(top)}\n```\n"]
    parts += _commands_of(cli, top)
    return "".join(parts)


def _commands_of(group: click.Group, context: click.Context) -> list[str]:
    """A part for each command of ``group``, and for those of the groups in it."""
    parts = []
    for name in group.list_commands(context):
        command = group.commands[name]
        own = click.Context(command, info_name=name, parent=context, terminal_width=100)
        parts.append(f"\n## {own.command_path}\n\n```\n{command.get_help(own)}\n```\n")
        if isinstance(command, click.Group):
            parts += _commands_of(command, own)
    return parts


def outcomes_page() -> str:
    """Every row of the table of outcomes: what is shown and spoken, and what staff read afterwards."""
    parts = [OUTCOMES_HEAD]
    for moment in SaidAt:
        parts.append(f"\n## At {moment.value}\n\n")
        parts.append("| practice | answer | shown and spoken | inbox | event | report |\n|---|---|---|---|---|---|\n")
        for (practice, when, finding), outcome in OUTCOMES.items():
            if when is moment:
                told = TOLD[outcome.flag] if outcome.flag else None
                seen = (told.inbox, f"`{outcome.flag}`", told.report) if told else ("–", "–", "–")
                row = (practice.value, finding.value, PROMPTS[outcome.said], *seen)
                parts.append(f"| {' | '.join(row)} |\n")
    return "".join(parts)


def sentences_page() -> str:
    """Every sentence of a session in each language, in its two forms: what is shown, and what is only spoken."""
    parts = [SENTENCES_HEAD, READING_HEAD]
    for language in LANGUAGES:
        said, cards = grades(language)
        parts.append(f"| {language} | {said:.1f} | {cards:.1f} |\n")
    for language in LANGUAGES:
        _ = words(language)
        told = reviewed_by(language) or "not yet reviewed by a person"
        parts.append(f"\n## {Locale.parse(language).english_name} ({told})\n\n")
        parts.append(
            "| id | before it, spoken | shown large | shown below | after it, spoken |\n|---|---|---|---|---|\n"
        )
        for prompt, text in TEXTS.items():
            after = " · ".join(_(part) for part in (*text.listed, text.how) if part)
            row = (f"`{prompt}`", _(text.when), _(text.title), _(text.text), after)
            parts.append(f"| {' | '.join(row)} |\n")
    parts.append(EXERCISES_HEAD)
    parts.append(f"\n| id | {' | '.join(LANGUAGES)} |\n|---{'|---' * len(LANGUAGES)}|\n")
    library = load(assets() / "programmes")
    forms = [plan.prompts(library, words(language)) for language in LANGUAGES]
    parts += [f"| `{prompt}` | {' | '.join(one[prompt] for one in forms)} |\n" for prompt in forms[0]]
    return "".join(parts)


PAGES = {
    "voices.md": voices_page,
    "voices-read.md": read_page,
    "sentences.md": sentences_page,
    "sessions.md": sessions_page,
    "refused.md": refused_page,
    "closed.md": closed_page,
    "plans.md": plans_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "outcomes.md": outcomes_page,
    "soup.md": soup_page,
    "faults.md": faults_page,
    "on-a-pi.md": on_a_pi_page,
    "films.md": films_page,
    "presses.md": presses_page,
    "readers.md": readers_page,
}


def main(folder: Path) -> None:
    """Write every page into ``folder``."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
