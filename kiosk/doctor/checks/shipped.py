"""All that ships with the kiosk: fonts, programmes, the voice, and the models that look at the face."""

from __future__ import annotations

from pathlib import Path

from kiosk import paths
from kiosk.doctor.check import Check, CheckedPart, fault, ok, warning
from kiosk.errors import AssetError

PLACE = 100
FONT_STARTS = (b"\x00\x01\x00\x00", b"OTTO", b"true")


def fonts() -> Check:
    """The letters that the screens are drawn with."""
    name = "Fonts"
    files = sorted((paths.assets() / "fonts").glob("*.ttf"))
    broken = [file.name for file in files if not file.read_bytes().startswith(FONT_STARTS)]
    if broken or not files:
        found = f"no fonts ({', '.join(broken)})" if broken else "no fonts"
        return fault(name, found, "install the kiosk again")
    return ok(name, ", ".join(file.stem for file in files))


def shipped(language: str) -> Check:
    """The folders that come with the kiosk; the voice is welcome but not needed."""
    name = "Assets"
    try:
        place = paths.assets()
    except AssetError as why:
        return fault(name, str(why), "install the kiosk again")
    missing = [folder for folder in ("fonts", "programmes") if not any((place / folder).glob("*"))]
    if missing:
        return fault(name, f"{place} lacks {', '.join(missing)}", "install the kiosk again")
    if not any((place / "voice" / language).glob("*.ogg")):
        step = "screens show every sentence, so sessions work; choose another site.language or install a voice"
        return warning(name, f"{place}, without a voice for language {language}", step)
    return ok(name, str(place))


def looker(data: Path) -> Check:
    """Check the models that look at the face: all three, or less."""
    from kiosk.face.nets import command, folder_of, read_models

    name, folder = "Looking at the face", folder_of(data)
    nets, why = read_models(folder)
    if nets is None:
        step = f"`{command(folder)}` fetches them; with `--from WHEEL` it takes them from a stick"
        return warning(name, f"the fallback, which sees fewer movements and no lids: {why}", step)
    return ok(name, f"the three models in {folder}")


PARTS = (
    CheckedPart("Fonts", lambda _: fonts()),
    CheckedPart("Assets", lambda kiosk: shipped(kiosk.settings.site.language)),
    CheckedPart("Looking at the face", lambda kiosk: looker(kiosk.data)),
)
