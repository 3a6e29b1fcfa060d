"""The settings that staff change at the desk, in their words: what each is called, what it may be, what that means."""

from __future__ import annotations

from kiosk.menus import import_menu, work
from kiosk.menus.staff_model import Staff
from kiosk.present.menu_items import value_words
from kiosk.screens.scene import TableRow
from kiosk.words import Words


def setting_names(_: Words) -> dict[str, str]:
    """The settings that staff change at the bedside."""
    return {
        "sound.volume": _("Volume"),
        "sound.voice": _("Voice"),
        "buttons.single_switch": _("Single switch"),
        "buttons.scan_ms": _("Each choice stays lit for"),
        "buttons.refractory_ms": _("Pause after each press"),
        import_menu.PROTECTION: _("Who can open a package"),
        work.VIEW_MODE: _("Picture for this person"),
    }


def setting_words(key: str, value: str, _: Words) -> str:
    """A value of a setting."""
    if key == "sound.volume":
        return {"0": _("Silent"), "1": _("Quiet"), "2": _("Medium"), "3": _("Loud")}.get(value, value)
    if key == "buttons.scan_ms":
        return _("{n} s").format(n=f"{int(value) / 1000:g}")
    if key == "buttons.refractory_ms":
        return _("{n} ms").format(n=value)
    if key == import_menu.PROTECTION:
        return {
            import_menu.PASSPHRASE: _("Whoever has five words"),
            import_menu.RECIPIENTS: _("Whoever has a key of the clinic"),
            import_menu.NONE: _("Everybody"),
        }.get(value, value)
    return {"true": _("On"), "false": _("Off")}.get(value, value)


def setting_note(answer: str, _: Words) -> str:
    """What choosing a value means, where it is more than its name."""
    return {
        import_menu.PASSPHRASE: _("New words for each package. You write them down by hand."),
        import_menu.RECIPIENTS: _("Nothing to write down. The clinic opens it with its own key."),
        import_menu.NONE: _("Not protected: whoever finds the stick can read it."),
    }.get(answer, "")


def setting_asked(staff: Staff, _: Words) -> tuple[str, str]:
    """The question about a setting, and what is missing for one of its answers."""
    key = staff.frame.about[0]
    keyless = key == import_menu.PROTECTION and not staff.data.keys_installed
    missing = _("Keys of the clinic can be chosen once two or more were taken in from a stick.")
    return setting_row(staff, key, _).label, missing if keyless else ""


def setting_row(staff: Staff, key: str, _: Words) -> TableRow:
    """A setting and its value in the list."""
    if key == work.VIEW_MODE and staff.person is not None:
        return TableRow(setting_names(_)[key], value_words(key, staff.person, staff, _))
    held = work.setting(staff, key)
    value = setting_words(key, work.words_of(held.value), _) if held else ""
    return TableRow(setting_names(_)[key], value)
