"""Render the kiosk's prompts and tones: ``make voice``; with ``--check`` only compare words and files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assets.tools import tones, voice
from assets.tools.engines import Engines
from assets.tools.voices import VOICES
from kiosk.errors import KioskError

ASSETS = Path(__file__).resolve().parents[1]


@click.command()
@click.argument("languages", nargs=-1, type=click.Choice(sorted(VOICES)))
@click.option(
    "--check", is_flag=True, help="Only say what differs between the prompts and the files; exit 1 if anything."
)
@click.option("--all", "everything", is_flag=True, help="Render every prompt again, also those that did not change.")
@click.option(
    "--assets", type=click.Path(path_type=Path, file_okay=False), default=ASSETS, help="The folder of assets."
)
def main(languages: tuple[str, ...], check: bool, everything: bool, assets: Path) -> None:
    """Render every prompt of LANGUAGES (all that have a voice) that has changed, and the tones."""
    engines, reasons = Engines(), list[str]()
    try:
        for language in languages or tuple(VOICES):
            folder, model = assets / "voice" / language, VOICES[language]
            prompts = voice.prompts(assets, language)
            if check:
                reasons += [f"{language}: {reason}" for reason in voice.differences(prompts, folder, model)]
                continue
            for prompt_id in voice.render(prompts, folder, model, engines, everything):
                click.echo(f"{prompt_id}: {prompts[prompt_id]}")
            size = sum(path.stat().st_size for path in folder.glob("*.ogg"))
            click.echo(f"{len(prompts)} prompts, {size / 1e6:.2f} MB in {folder}")
        if not check:
            tones.render(assets / "tones")
    except KioskError as exc:
        raise click.ClickException(str(exc)) from exc
    finally:
        engines.close()
    for reason in reasons:
        click.echo(reason)
    sys.exit(1 if reasons else 0)


if __name__ == "__main__":
    main()
