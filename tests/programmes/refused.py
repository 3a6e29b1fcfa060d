"""Files of a clinic on both sides of every rule: what each says, and why it is refused, if it is.

``docs/refused.md`` is made of it, for whoever writes such files; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.programmes.shelf import load
from tests.care.people import BUILTIN

AT_ONCE = 50
"""So many files are read of one folder."""


@dataclass(frozen=True)
class Case:
    """One file, and what is said of it on the page."""

    says: str
    text: str | bytes


def toml(value: object) -> str:
    """A value as a file has it; a text that is quoted already, a list or a number stays as it is."""
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def text(letters: int) -> str:
    """A text of so many letters."""
    return f'"{"a" * letters}"'


def words(letters: int) -> str:
    """The same in words of five letters."""
    return f'"{("aaaaa " * letters)[: letters - 1]}a"'


def pages(count: int) -> str:
    """The pages of a card."""
    return "[" + ", ".join(['"One."'] * count) + "]"


def filled(text: str, size: int) -> str:
    """``text`` with short comments after it, up to ``size`` bytes."""
    return text + ("#\n" * size)[: size - len(text)]


def said(changes: dict[str, object]) -> str:
    """What a case changes, as its label."""
    parts = [f"no {key}" if value is None else f"{key} = {toml(value)}" for key, value in changes.items()]
    return "; ".join(part if len(part) <= 70 else f"{part[:40]}… ({len(part)} characters)" for part in parts)


def lines(keys: dict[str, object]) -> str:
    return "".join(f"{key} = {toml(value)}\n" for key, value in keys.items() if value is not None)


RELAX: dict[str, object] = {
    "id": '"own"', "title": '"Own"', "kind": '"relax"', "region": '"mouth"', "do": '"Let it hang."',
}  # fmt: skip
TOUCH = RELAX | {"kind": '"massage"', "hands": True, "do": '"Rest your fingers there."'}
MOVE = RELAX | {
    "kind": '"movement"', "needs": '["smile"]', "do": '"Smile a little."', "phases": '["Smile", "Keep it", "Let go"]',
}  # fmt: skip
BLINK = TOUCH | {"kind": '"blink"', "phases": '["Rest", "Closed", "Let it open"]'}
BREATHE = RELAX | {"kind": '"breathe"', "do": '"Breathe in. Breathe out."', "phases": '["Breathe in", "Breathe out"]'}
RELEASE = RELAX | {
    "kind": '"release"', "region": '"chin-jaw"', "hands": True, "do": '"Slide the skin down."', "landmark": '"There."',
    "fingers": '"Two."', "direction": '"Down."', "one_hand": '"Slide {side} skin down."',
}  # fmt: skip
HEAD: dict[str, object] = {
    "id": '"mine"', "version": 1, "title": '"Mine"', "family": '"relax"', "summary": '"Ours."', "order": 9,
    "stages": '["paretic"]',
}  # fmt: skip
REST: dict[str, object] = {"exercise": '"relax-jaw"', "hold_s": 20, "source": '"D"'}
SMILE = REST | {"exercise": '"small-smile"', "hold_s": 3, "in_s": 3, "out_s": 3, "rest_s": 8, "repetitions": 3}
PACKED = REST | {"exercise": '"release-cheek"', "rest_s": 8, "repetitions": 2, "pack": '"chin-jaw"'}
FIRST: dict[str, object] = {"family": '"first-movements"'}
CONTROL: dict[str, object] = {"family": '"quiet-control"', "stages": '["synkinetic"]'}
CARD: dict[str, object] = {"id": '"ward"', "title": '"Our ward"', "pages": '["Press the bell."]'}


def exercise(base: dict[str, object] = RELAX, label: str = "", /, **changes: object) -> Case:
    return Case(label or said(changes) or "all that it needs", "[[exercise]]\n" + lines(base | changes))


def card(label: str = "", /, **changes: object) -> Case:
    return Case(label or said(changes), "[[card]]\n" + lines(CARD | changes))


def programme(label: str = "", /, **changes: object) -> Case:
    return Case(label or said(changes), lines(HEAD | changes) + "[[line]]\n" + lines(REST))


def moving(label: str = "", /, **changes: object) -> Case:
    """A programme of first movements with one line of them."""
    return Case(label or said(changes), lines(HEAD | FIRST | changes) + "[[line]]\n" + lines(SMILE))


def dose(base: dict[str, object], head: dict[str, object] | None = None, /, **changes: object) -> Case:
    """A programme with one line."""
    return Case(said(changes), lines(HEAD | (head or {})) + "[[line]]\n" + lines(base | changes))


def many(label: str, head: dict[str, object], *doses: dict[str, object]) -> Case:
    """A programme of these lines."""
    return Case(label, lines(HEAD | head) + "".join("[[line]]\n" + lines(one) for one in doses))


def replaced(label: str, name: str, **changes: object) -> Case:
    """A shipped exercise, replaced by one that is not as guarded."""
    tables = (BUILTIN / "exercises.toml").read_text(encoding="utf-8").split("[[exercise]]")
    found = next(one for one in tables if f'\nid = "{name}"\n' in one).split("\n#")[0]
    kept = [line for line in found.strip().splitlines() if line.split(" = ")[0] not in changes]
    return Case(label, "[[exercise]]\n" + "\n".join(kept) + "\n" + lines(changes))


CARE: dict[str, object] = {"family": '"care"'}
RELEASES: dict[str, object] = {"family": '"releases"'}
QUIET_SMILE = SMILE | {"exercise": '"quiet-smile"'}
LONG = QUIET_SMILE | {"in_s": 3, "hold_s": 5, "out_s": 4, "rest_s": 6, "repetitions": 10}
"""174 s of movement."""
LAST = QUIET_SMILE | {"in_s": 2, "hold_s": 4, "out_s": 4, "rest_s": 5, "repetitions": 2}
"""25 s."""
FOLDS = "[" * 400 + "]" * 400

SECTIONS: dict[str, tuple[Case, ...]] = {
    "A file": (
        Case("nothing", ""),
        Case('language = "en"', 'language = "en"\n'),
        Case('language = "xx"', 'language = "xx"\n' + "[[card]]\n" + lines(CARD)),
        Case('language = "de"', 'language = "de"\n' + "[[card]]\n" + lines(CARD)),
        Case("what is this?", "what is this?\n"),
        Case("bytes that are no UTF-8, on line 2", b'title = "Own"\nid = "\xff\xfe"\n'),
        Case("400 lists in each other", f"stages = {FOLDS}\n"),
        Case("a line of 2500 bytes", "#" * 2500 + "\n[[card]]\n" + lines(CARD)),
        Case("a line of 2501 bytes", "\n" + "#" * 2501 + "\n"),
        Case("64 KiB", filled("[[card]]\n" + lines(CARD | {"id": '"large"'}), 64 * 1024)),
        Case("one byte more", filled("[[card]]\n" + lines(CARD), 64 * 1024 + 1)),
        Case("colour = 1", lines(HEAD | {"colour": 1}) + "[[line]]\n" + lines(REST)),
        Case("titel in place of title", lines({"titel" if k == "title" else k: v for k, v in HEAD.items()})),
        Case("line = 3", lines(HEAD | {"line": 3})),
        Case("exercise = [1]", "exercise = [1]\n"),
        Case("a key that cannot be seen", '"\\u0007" = 1\n[[card]]\n' + lines(CARD)),
        Case("a key of 41 letters", f"{'k' * 41} = 1\n[[card]]\n" + lines(CARD)),
        Case("two exercises of one id", ("[[exercise]]\n" + lines(RELAX)) * 2),
        Case("two cards of one id", ("[[card]]\n" + lines(CARD)) * 2),
        Case("101 exercises", "[[exercise]]\n" * 101),
        Case("21 cards", "[[card]]\n" * 21),
        Case("60 faults, of which 50 are named", "".join(f"key{n} = {n}\n" for n in range(60))),
    ),
    "A text, an id, a word, a list": (
        exercise(title=None),
        exercise(title=3),
        exercise(title='""'),
        exercise(title='" "'),
        exercise(title=text(29)),
        exercise(title=text(28)),
        exercise(title='"a\\u0007b"'),
        exercise(title='"{side}"'),
        exercise(do='""'),
        exercise(do='"Hang {softly}."'),
        exercise(do='"Hang }softly."'),
        exercise(do='"Hang. Hang. Hang."'),
        exercise(do='"Hang… Hang!"'),
        exercise(finish='"Rest. Rest."'),
        exercise(finish=text(60)),
        exercise(finish=text(61)),
        exercise(feel='"{side}"'),
        exercise(feel=text(61)),
        exercise(feel='"Soft. Soft."'),
        exercise(feel='"Soft. Soft. Soft."'),
        exercise(finish='"{side}"'),
        exercise(landmark='"{side}"'),
        exercise(RELEASE, one_hand='"Slide {side}. Slide. Slide."'),
        exercise(RELEASE, one_hand='"Slide {sides}."'),
        exercise(RELEASE, one_hand=words(46)),
        exercise(landmark=text(200)),
        exercise(landmark=text(201)),
        exercise(reviewed_by=text(201)),
        *(exercise(RELEASE, **{key: text(201)}) for key in ("fingers", "direction")),
        exercise(id=None),
        exercise(id=7),
        exercise(id='"Own"'),
        exercise(id='"own--one"'),
        exercise(id=text(40)),
        exercise(id=text(41)),
        exercise(kind=None),
        exercise(kind='"relaxe"'),
        exercise(kind='"zzz"'),
        exercise(kind=3),
        exercise(needs='"smile"'),
        exercise(needs='["smiel"]'),
        exercise(needs='["smile", "smile"]'),
        exercise(needs='["smile", "lips", "lids", "brow", "nose", "smile"]'),
        exercise(sides='"eech"'),
        exercise(hands='"yes"'),
        exercise(permission='"inside"'),
        exercise(stages='["paretik"]'),
        exercise(avoid='["graft"]'),
        exercise(avoid='["stroke"]'),
    ),
    "An exercise": (
        exercise(id='"quiet"'),
        exercise(id='"site"'),
        exercise(kind='"glasses"'),
        exercise(kind='"arm-rest"'),
        exercise(kind='"movement"'),
        exercise(MOVE),
        exercise(needs='["smile"]'),
        exercise(MOVE, stages='["flaccid", "paretic"]'),
        exercise(kind='"massage"'),
        exercise(glasses_off=True),
        exercise(permission='"constant-pain"'),
        exercise(permission='"clips"'),
        exercise(permission='"replays"'),
        exercise(eyes_closed=True),
        exercise(do='"Rest with {eyes}."'),
        exercise(do='"Rest with {eyes}."', eyes_closed=True),
        exercise(RELEASE),
        *(exercise(RELEASE, **{key: None}) for key in ("landmark", "fingers", "direction", "one_hand")),
        exercise(RELEASE, landmark='" "'),
        exercise(sides='"each"'),
        exercise(sides='"each"', do='"Let {side} hang."'),
        exercise(do='"Let {side} hang."'),
        exercise(RELEASE, one_hand='"Slide the skin down."'),
        exercise(do=words(45)),
        exercise(do=words(46)),
        exercise(do=text(14)),
        exercise(do=text(15)),
        exercise(do='"Let your mouth hang. {sides}"'),
        exercise(do='"Let the corner of {side} mouth hang loosely."', sides='"each"'),
        exercise(feel=f'"{"a" * 30} {{sides}}"'),
        exercise(do='"Hang hard."'),
        exercise(one_hand='"Squeeze."'),
        exercise(landmark='"Tighten."'),
        exercise(do='"Hang ☺ softly."'),
    ),
    "The words for what is done just now": (
        exercise(phases='["Let it hang"]'),
        exercise(phases='["Stay"]'),
        exercise(phases='["Circle slowly"]'),
        exercise(phases='["Let", "it", "hang"]'),
        exercise(phases="[]"),
        exercise(phases='"Hang"'),
        exercise(phases=f'["Hang {"a" * 14}"]'),
        exercise(phases=f'["Hang {"a" * 15}"]'),
        exercise(phases=f'["Hang {"a" * 16}"]'),
        exercise(phases='["Hang hard"]'),
        exercise(phases='["Hang {side}"]'),
        exercise(do='"Hang and stay."', phases='["Stay"]'),
        exercise(MOVE, phases=None),
        exercise(MOVE, phases='["Slowly in", "Hold softly", "Slowly out"]'),
        exercise(MOVE, phases='["Smile", "Keep it"]'),
        exercise(MOVE, phases='["Smile", "Lift your brows", "Let go"]'),
        exercise(BREATHE),
        exercise(BREATHE, phases=None),
        exercise(BREATHE, phases='["Breathe"]'),
        exercise(RELEASE, phases='["Slide and stay"]'),
        exercise(RELEASE, phases='["Hold"]'),
    ),
    "What an exercise is by what it says": (
        exercise(do='"Smile softly."'),
        exercise(do='"Smile softly. Lift your brows."'),
        exercise(MOVE, do='"Smile a little. Lift your brows."'),
        exercise(MOVE, do='"Puff your cheeks."'),
        exercise(TOUCH),
        exercise(TOUCH, title='"Smile"'),
        exercise(TOUCH, title='"Brow lift"'),
        exercise(TOUCH, do='"Rest your fingers there. Lift your brows."'),
        exercise(TOUCH, do='"Lift the brow with your fingers."'),
        exercise(do='"Lay a finger on your cheek."'),
        exercise(hands=True),
        exercise(TOUCH, do='"Put a thumb inside your cheek."'),
        exercise(TOUCH, do='"Put a thumb inside your cheek."', permission='"inside-cheek"'),
        exercise(TOUCH, region='"neck"'),
        exercise(TOUCH, region='"neck"', permission='"neck"', avoid='["stroke"]'),
        exercise(TOUCH, region='"neck"', permission='"neck"', avoid='["stroke", "carotid_disease"]'),
        exercise(TOUCH, region='"eyes"'),
        exercise(BLINK, "a helped blink, all but avoid"),
        exercise(TOUCH, kind='"ease"', sides='"strong"', do='"Rest a finger on {side}."'),
        exercise(TOUCH, kind='"ease"', sides='"strong"', do='"Rest a finger on {side}."', stages='["synkinetic"]'),
        exercise(TOUCH, kind='"ease"', stages='["paretic"]'),
        exercise(TOUCH, kind='"ease"', sides='"strong"', do='"Rest a finger on {side}."', stages='["paretic"]'),
    ),
    "How an exercise is drawn": (
        exercise(show="{}"),
        exercise(show='"a smile"'),
        exercise(show='{ reviewed_by = "A. Reader", spott = "chin" }'),
        exercise(show='{ spot = "mouth-corner" }'),
        exercise(show="{ size_mm = 3 }"),
        exercise(TOUCH, "one finger stays at the mouth corner",
                 show='{ spot = "mouth-corner", grip = "one-finger", path = "stay", press = "easy" }'),
        exercise(TOUCH, show='{ spot = "mouth-corner" }'),
        exercise(TOUCH, "the same at the mouth korner",
                 show='{ spot = "mouth-korner", grip = "one-finger", path = "stay", press = "easy" }'),
        exercise(TOUCH, "the same at the temple, in the region mouth",
                 show='{ spot = "temple", grip = "one-finger", path = "stay", press = "easy" }'),
        exercise(TOUCH, "a slide without a way",
                 show='{ spot = "upper-lip", grip = "one-finger", path = "slide", press = "easy", size_mm = 6 }'),
        exercise(TOUCH, "a circle with a way", sides='"middle"', region='"chin"',
                 show='{ spot = "chin", grip = "palm", path = "circle", way = "up", press = "firm", size_mm = 6 }'),
        exercise(TOUCH, "a circle of 13 mm",
                 show='{ spot = "upper-lip", grip = "palm", path = "circle", press = "firm", size_mm = 13 }'),
        exercise(TOUCH, "a touch beside which something stays soft",
                 show='{ spot = "upper-lip", grip = "palm", path = "stay", press = "firm", still = "eyes" }'),
        exercise(TOUCH, region='"chin"', show='{ spot = "chin", grip = "palm", path = "stay", press = "firm" }'),
        exercise(TOUCH, region='"chin"', sides='"middle"',
                 show='{ spot = "chin", grip = "palm", path = "stay", press = "firm" }'),
        exercise(TOUCH, "drawn inside the cheek, with no word of it", region='"cheek-mouth-corner"',
                 show='{ spot = "inside-cheek", grip = "thumb-inside", path = "stay", press = "easy" }'),
        exercise(TOUCH, "drawn on the lid, with no word of it", region='"whole-face"',
                 show='{ spot = "upper-lid", grip = "one-finger", path = "stay", press = "easy" }'),
        exercise(MOVE, show="{ size_mm = 4 }"),
        exercise(MOVE, show="{ size_mm = 4.5 }"),
        exercise(MOVE, show="{}"),
        exercise(MOVE, show='{ size_mm = 3, still = "eyes" }'),
        exercise(MOVE, show='{ size_mm = 3, still = "ears" }'),
        exercise(MOVE, needs='["lids"]', do='"Close your eyes softly."', phases='["Close", "Keep it", "Let go"]',
                 show="{ size_mm = 10 }"),
        exercise(MOVE, needs='["lids"]', do='"Close your eyes softly."', phases='["Close", "Keep it", "Let go"]',
                 show="{ size_mm = 11 }"),
    ),
    "An exercise in place of one that ships": (
        replaced('small-smile with needs = ["brow"]', "small-smile", title='"Brow"', needs='["brow"]',
                 do='"Lift your brows."', phases='["Lift", "Keep it", "Let go"]'),
        replaced("assisted-blink without avoid", "assisted-blink", avoid=None),
        replaced("assisted-blink as a massage of the temple", "assisted-blink", kind='"massage"', avoid=None, feel=None,
                 region='"temples"', title='"Temple"', do='"Rest your fingers."', one_hand=None, finish=None,
                 sides=None, phases=None, show=None),
        replaced("relax-jaw as a quiet", "relax-jaw", kind='"quiet"'),
        replaced("relax-cheeks as a massage", "relax-cheeks", kind='"massage"', hands=True,
                 show=None),
        replaced("release-inside-cheek without permission", "release-inside-cheek", permission=None),
        replaced("massage-neck elsewhere, for all", "massage-neck", region='"chin"', permission=None, avoid=None,
                 do='"Rest your fingers on {side}."', one_hand=None, direction=None, landmark=None, fingers=None,
                 feel=None, title='"Chin"', phases=None, show=None),
        replaced("ease-cheek for flaccid only", "ease-cheek", stages='["flaccid"]'),
        replaced("ease-forehead as a massage for every stage", "ease-forehead", kind='"massage"', stages=None),
        replaced("ease-mouth in other words", "ease-mouth", title='"Mouth"'),
        replaced("relax-eyes in other words", "relax-eyes", title='"Soft eyes"'),
    ),
    "A programme": (
        *(programme(**{key: None}) for key in HEAD),
        programme(version=0),
        programme(version=1_000_000),
        programme(version=1_000_001),
        programme(version="1.5"),
        programme(version=True),
        programme(order=-1),
        programme(order=0),
        programme(order=1000),
        programme(order=1001),
        programme(per_day=0),
        programme(per_day=24),
        programme(per_day=25),
        programme(per_day_source='"X"'),
        programme(family='"cards"'),
        programme(family='"relaxe"'),
        programme(family='"standard-rest"'),
        programme(id='"standard-rest"'),
        programme(family='"releases"'),
        programme(stages="[]"),
        programme(view='"mirror"'),
        programme(title='"Hard"'),
        programme(title=text(29)),
        programme(title='""'),
        programme(summary='""'),
        programme(summary=text(90)),
        programme(summary=text(91)),
        programme(summary='"{side}"'),
        programme(reviewed_by=text(201)),
        programme(id='"Mine"'),
        programme(summary='"Squeeze."'),
        programme(summary='"One. Two. Three."'),
        Case("no line", lines(HEAD)),
        Case("41 lines", lines(HEAD) + ("[[line]]\n" + lines(REST)) * 41),
        moving(per_day=3),
        moving(per_day=4),
        moving(stages='["flaccid", "paretic"]'),
        moving(stages='["paretic", "synkinetic"]'),
        moving(view='"good-side"'),
        many("quiet control with view = \"good-side\"", CONTROL | {"view": '"good-side"'}, QUIET_SMILE),
        many("quiet control without a movement", CONTROL, REST),
        many("first movements without a movement", FIRST, REST),
        many("releases without a release", RELEASES, REST),
        many("care for releases", CARE, PACKED),
        many("870 s of movement in a session", CONTROL, *[LONG] * 5),
        many("895 s of movement in a session", CONTROL, *[LONG] * 5, LAST),
        many("900 s of movement in a session", CONTROL, *[LONG] * 5, LAST | {"hold_s": 5, "out_s": 5.5}),
        many("901 s of movement in a session", CONTROL, *[LONG] * 5, LAST | {"hold_s": 5, "out_s": 6}),
        many("first movements of 696 s, the longest four of six counted", FIRST,
             *[LONG | {"exercise": '"small-smile"'}] * 6),
    ),
    "A line": (
        dose(REST, exercise=None),
        dose(REST, hold_s=None),
        dose(REST, source=None),
        dose(REST, source='"X"'),
        dose(REST, hold_s='"20"'),
        dose(REST, hold_s=True),
        dose(REST, hold_s="nan"),
        dose(REST, hold_s=-1),
        dose(REST, hold_s="0.5"),
        dose(REST, hold_s="0.4"),
        dose(REST, hold_s=300),
        dose(REST, hold_s="300.1"),
        dose(REST, hold_s=3600),
        dose(REST, hold_s="3600.1"),
        dose(REST, exercise='"relax-jaws"'),
        dose(REST, exercise='"zzz"'),
        dose(REST, exercise='"massage-chin"'),
        dose(REST, pack='"chin-jaw"'),
        dose(REST, short_hold_s=20, note='"Half of it."'),
        dose(REST, short_hold_s=21),
        dose(REST, short_hold_s="0.4"),
        dose(REST, short_hold_s=-1),
        dose(REST, note='"Hold hard."'),
        dose(REST, note=text(201)),
        dose(REST, repetitions=0),
        dose(REST, repetitions=-1),
        dose(REST, repetitions=2),
        dose(REST, repetitions=2, rest_s=5),
        dose(REST, rest_s=60),
        dose(REST, rest_s=61),
        dose(REST, in_s=10),
        dose(REST, in_s=11),
        dose(REST, out_s=11),
        dose(REST, colour=1),
        dose(SMILE, FIRST, hold_s=5),
        dose(SMILE, FIRST, hold_s="5.1"),
        dose(SMILE, FIRST, rest_s=5),
        dose(SMILE, FIRST, rest_s="4.9"),
        dose(SMILE, FIRST, rest_s=0, repetitions=1),
        dose(SMILE, FIRST, in_s=1, out_s=1),
        dose(SMILE, FIRST, in_s="0.9"),
        dose(SMILE, FIRST, out_s="0.9"),
        dose(SMILE, FIRST, repetitions=10),
        dose(SMILE, FIRST, repetitions=11),
        dose(SMILE, FIRST, repetitions=1001),
        dose(SMILE, FIRST, repetitions=10, in_s=3, hold_s=3, out_s=3, rest_s=10),
        dose(SMILE, FIRST, repetitions=10, in_s=3, hold_s=3, out_s=3, rest_s="10.1"),
        dose(PACKED, RELEASES, hold_s=30),
        dose(PACKED, RELEASES, hold_s="30.1"),
        dose(PACKED, RELEASES, pack=None),
        dose(PACKED, RELEASES, pack='"mouth"'),
        dose(PACKED, RELEASES, pack='"chin"'),
        dose(REST, CARE, exercise='"assisted-blink"', hold_s="5.1"),
        dose(REST, CARE, exercise='"ease-cheek"', hold_s="30.1"),
    ),
    "A card": (
        *(card(**{key: None}) for key in CARD),
        card(pages="[]"),
        card(title=text(28)),
        card(title='""'),
        card(title=text(29)),
        card(id='"Ward"'),
        card(colour=1),
        card(pages='"One."'),
        card(pages="[1]"),
        card(pages='[""]'),
        card("13 pages", pages=pages(13)),
        card("12 pages", pages=pages(12)),
        card(pages=f"[{text(160)}]"),
        card(pages=f"[{text(161)}]"),
        card(pages='["One. Two."]'),
        card(pages='["One. Two. Three."]'),
        card(pages='["{side}"]'),
        card(pages='["Do not squeeze."]'),
        card(order=1000),
        card(order=1001),
    ),
}  # fmt: skip
HEADING = """# Why a file of a clinic is refused

<!-- Written by `make docs` from tests/programmes/refused.py, by reading such files. Change it there. -->

For whoever writes programmes (see [programmes](programmes.md)): files on both sides of every rule. Each is right but
for what stands on the left; a file with a fault is left out whole, and each of its faults is named.
"""


def own(text: str | bytes, number: int) -> bytes:
    """A file whose own ids no other file has."""
    raw = text if isinstance(text, bytes) else text.encode()
    return re.sub(rb'^id = "(own|mine|ward)"$', rb'id = "\1-%d"' % number, raw, flags=re.MULTILINE)


def told(cases: tuple[Case, ...]) -> Iterator[tuple[str, list[str]]]:
    """What each of the files says, and its faults."""
    for begin in range(0, len(cases), AT_ONCE):
        some = cases[begin : begin + AT_ONCE]
        files = {f"{number:02}.toml": own(one.text, number) for number, one in enumerate(some)}
        library = load(BUILTIN, more=files)
        for name, one in zip(files, some, strict=True):
            faults = [str(fault).removeprefix(f"{name}, ").removeprefix(f"{name}: ") for fault in library.faults
                      if fault.file == name]  # fmt: skip
            yield one.says, faults


def refused_page() -> str:
    """docs/refused.md."""
    parts = [HEADING]
    for title, cases in SECTIONS.items():
        parts.append(f"\n## {title}\n\n| the file says | faults |\n|---|---|\n")
        for says, faults in told(cases):
            named = faults if len(faults) < 10 else [faults[0], f"and {len(faults) - 1} more"]
            cells = [f"`{says}`", "<br>".join(named) or "none"]
            parts.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n")
    return "".join(parts)
