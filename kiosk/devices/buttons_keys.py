"""Keys and their buttons: one table for a window's keyboard and for pedals that pretend to be one.

pygame's constants are SDL key codes, fixed since SDL 2; they stand here as numbers so that nothing imports pygame. A
test compares them with pygame's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

from kiosk.signals import Button, Edge, Typed

BUTTON_OF_NAME = {
    "space": Button.GREEN,
    "return": Button.GREEN,
    "enter": Button.GREEN,
    "kpenter": Button.GREEN,
    "g": Button.GREEN,
    "tab": Button.AMBER,
    "a": Button.AMBER,
    "p": Button.AMBER,
    "escape": Button.RED,
    "esc": Button.RED,
    "backspace": Button.RED,
    "r": Button.RED,
    "s": Button.RED,
    # What pedals send as they are sold: sets of three, page turners, and the letters a, b, c.
    "f14": Button.GREEN,
    "f15": Button.AMBER,
    "f16": Button.RED,
    "pagedown": Button.GREEN,
    "pageup": Button.RED,
    "b": Button.GREEN,
    "c": Button.RED,
}
"""pygame's and Linux' names of keys, in lower case, without KEY_, K_ and spaces. Digits are never buttons: staff type
them. Whoever has two pedals has a stop among them."""

BUTTON_OF_CODE = {
    32: Button.GREEN,  # K_SPACE
    13: Button.GREEN,  # K_RETURN
    0x40000058: Button.GREEN,  # K_KP_ENTER
    103: Button.GREEN,  # K_g
    9: Button.AMBER,  # K_TAB
    97: Button.AMBER,  # K_a
    112: Button.AMBER,  # K_p
    27: Button.RED,  # K_ESCAPE
    8: Button.RED,  # K_BACKSPACE
    114: Button.RED,  # K_r
    115: Button.RED,  # K_s
    0x40000069: Button.GREEN,  # K_F14
    0x4000006A: Button.AMBER,  # K_F15
    0x4000006B: Button.RED,  # SDLK_F16, which pygame has no name for
    0x4000004E: Button.GREEN,  # K_PAGEDOWN
    0x4000004B: Button.RED,  # K_PAGEUP
    98: Button.GREEN,  # K_b
    99: Button.RED,  # K_c
}
LETTERS = frozenset(ascii_lowercase)
CTRL, ALT = frozenset({"leftctrl", "rightctrl"}), frozenset({"leftalt", "rightalt"})
LAST_F_OF_A_KEYBOARD = 12
ARROWS = ("up", "down", "left", "right", "home", "end")
KP_1 = 0x40000059
"""K_KP_1; K_KP_2 to K_KP_9 and then K_KP_0 follow it."""


def button_of(key: int | str) -> Button | None:
    """The button that ``key`` stands for: a pygame constant, pygame's name, or Linux' name as in KEY_SPACE."""
    if isinstance(key, int):
        return BUTTON_OF_CODE.get(key)
    return BUTTON_OF_NAME.get(_plain(key))


def digit_of(key: int | str) -> int | None:
    """The digit that ``key`` types, from the row above the letters or from the keypad."""
    if isinstance(key, int):
        if ord("0") <= key <= ord("9"):
            return key - ord("0")
        return (key - KP_1 + 1) % 10 if KP_1 <= key <= KP_1 + 9 else None
    name = _plain(key).removeprefix("kp").strip("[]")
    return int(name) if len(name) == 1 and name in "0123456789" else None


def edge_from_key(key: int | str, down: bool, t_ms: int) -> Edge | Typed | None:
    """Return the meaning of a key that goes down or up, or None. Keys that the keyboard repeats are not for it."""
    button = button_of(key)
    if button is not None:
        return Edge(button, down, t_ms)
    digit = digit_of(key)
    return Typed(digit, t_ms) if digit is not None and down else None


def is_typing(name: str) -> bool:
    """Whether Linux' ``name`` is a key of a keyboard or a pedal: a letter, a digit, F1 to F24, an arrow or a page."""
    plain = _plain(name)
    letter = len(plain) == 1 and plain.isalnum()
    return letter or plain in ARROWS or (plain[:1] == "f" and plain[1:].isdigit()) or button_of(plain) is not None


def is_typed_at_a_login(name: str) -> bool:
    """Whether somebody who logs in and works on a console may type this key: all but F13 to F24, the pedals' own."""
    plain = _plain(name)
    return not (plain[:1] == "f" and plain[1:].isdigit() and int(plain[1:]) > LAST_F_OF_A_KEYBOARD)


def is_whole_keyboard(names: Iterable[str]) -> bool:
    """Whether a device with these keys can be used to log in or to change consoles: all letters, or Ctrl and Alt."""
    found = {_plain(name) for name in names}
    return found >= LETTERS or bool(found & CTRL and found & ALT)


def _plain(name: str) -> str:
    return name.lower().removeprefix("key_").removeprefix("k_").replace(" ", "")
