"""Render the kiosk's prompts and tones: ``python assets/tools/render_voice.py``; ``--check`` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assets.tools import voice
from kiosk.errors import KioskError

ASSETS = Path(__file__).resolve().parents[1]


@click.command()
@click.option(
    "--check", is_flag=True, help="Only say what differs between the prompts and the files; exit 1 if anything."
)
@click.option("--all", "everything", is_flag=True, help="Render every prompt again, also those that did not change.")
@click.option(
    "--assets", type=click.Path(path_type=Path, file_okay=False), default=ASSETS, help="The folder of assets."
)
def main(check: bool, everything: bool, assets: Path) -> None:
    """Render every prompt that has changed, and the tones."""
    folder = assets / "voice" / "en"
    try:
        prompts = voice.prompts(assets)
        if check:
            reasons = voice.differences(prompts, folder)
            for reason in reasons:
                click.echo(reason)
            sys.exit(1 if reasons else 0)
        for prompt_id in voice.render(prompts, folder, voice.speak_with_festival, everything):
            click.echo(f"{prompt_id}: {prompts[prompt_id]}")
        voice.render_tones(assets / "tones")
    except KioskError as exc:
        raise click.ClickException(str(exc)) from exc
    size = sum(path.stat().st_size for path in folder.glob("*.ogg"))
    click.echo(f"{len(prompts)} prompts, {size / 1e6:.2f} MB in {folder}")


if __name__ == "__main__":
    main()
