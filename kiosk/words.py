"""Every word the kiosk shows: gettext for the screens, the voice and what is printed."""

from __future__ import annotations

import gettext
import string
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path

from kiosk import paths

Words = Callable[[str], str]
"""Looks a text up in the person's language; the text itself where there is no translation."""

DOMAIN = "kiosk"
ENGLISH = "en"


class Language:
    """The texts of one language. Called with an English text it gives that of the language, or the English one.

    A translation whose placeholders are not those of the English text is never used: it would end a screen.
    """

    def __init__(self, code: str, assets: Path | None = None) -> None:
        """``code``: such as ``en``; ``assets``: the folder with ``locale``. One that cannot be read is empty."""
        self.code = code
        self._found = _Catalogue.of(code, assets)
        self.wrong = self._found.drop_misfits()
        """English texts whose translation has other placeholders: these are shown in English."""
        self._known: dict[str, str] = {"": ""}

    def __call__(self, text: str) -> str:
        # Kept, because a scene asks for a dozen texts for every picture of a session.
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._found.gettext(text)
        return found

    def plural(self, one: str, many: str, n: int) -> str:
        """The form for ``n`` things of a text whose English forms are ``one`` and ``many``."""
        form = self._found.ngettext(one, many, n)
        if fits((one, many), (form, many)):
            return form
        return one if n == 1 else many

    def missing(self, assets: Path | None = None) -> tuple[str, ...]:
        """Texts of the English catalogue that this language has not, or has wrong; sorted."""
        return _missing(self._found, assets or paths.assets())


def words(language: str, assets: Path | None = None) -> Language:
    """The catalogue of ``language`` (a code such as ``en``); English needs none, and stands in where one is missing."""
    return _language(language, assets or paths.assets())


@cache
def _language(code: str, assets: Path) -> Language:
    return Language(code, assets)


def plural(_: Words, one: str, many: str, n: int) -> str:
    """Return the form for ``n`` things; ``{n}`` stays in it. ``one`` and ``many`` are the English forms.

    Where ``_`` is not a whole language but a function (``str`` gives English), the English forms are looked up.
    """
    return _.plural(one, many, n) if isinstance(_, Language) else _(one if n == 1 else many)


def languages(assets: Path | None = None) -> tuple[str, ...]:
    """The languages with a compiled catalogue, sorted; English is always among them."""
    found = (assets or paths.assets()).glob(f"locale/*/LC_MESSAGES/{DOMAIN}.mo")
    return tuple(sorted({ENGLISH, *(path.parents[1].name for path in found)}))


def reviewed_by(language: str, assets: Path | None = None) -> str:
    """The person who has read and heard all of ``language``, as its folder names them; empty: nobody has yet."""
    try:
        file = (assets or paths.assets()) / "locale" / language / "reviewed_by.txt"
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def fields(text: str) -> frozenset[str] | None:
    """The placeholders of ``text``; None where it cannot be filled in: a brace is alone, or has no name."""
    try:
        named = frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
    except ValueError:
        return None
    return named if all(name.isidentifier() for name in named) else None


def fits(ids: tuple[str, ...], forms: tuple[str, ...]) -> bool:
    """Whether the placeholders of a translation's ``forms`` are those of the English text: ``ids``, one or two forms.

    A plural's last form, the ordinary one, has all of its English one; each other form may leave some out ("one
    exercise").
    """
    meant = fields(ids[-1])
    found = [fields(form) for form in forms]
    if meant is None or not forms:
        return True
    if len(ids) == 1:
        return found == [meant]
    return found[-1] == meant and all(one is not None and one <= meant for one in found)


class _Catalogue(gettext.GNUTranslations):
    """A compiled catalogue whose texts can be listed, and left out."""

    _catalog: dict[str | tuple[str, int], str]
    """A text, or one and its form's number → what stands for it: the file as ``gettext`` has read it."""

    @classmethod
    def of(cls, code: str, assets: Path | None) -> _Catalogue:
        """Read that of the language ``code``; one that is not there or damaged is empty."""
        try:
            with ((assets or paths.assets()) / "locale" / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
                return cls(file)
        except (OSError, ValueError, LookupError, struct.error):
            empty = cls()
            empty._catalog = {}
            return empty

    def plural(self, n: int) -> int:
        """Return which form fits ``n`` where no file says it; a file's own rule takes the place of this one."""
        return int(n != 1)

    @property
    def ids(self) -> frozenset[str]:
        """The English texts in it; of one with two forms the first."""
        return frozenset(_id(key) for key in self._catalog) - {""}

    def drop_misfits(self) -> tuple[str, ...]:
        """Leave out what cannot stand for its English text; return those texts, sorted."""
        wrong = {_id(key) for key, text in self._catalog.items() if _id(key) and not _can_stand(key, text)}
        self._catalog = {key: text for key, text in self._catalog.items() if _id(key) not in wrong}
        return tuple(sorted(wrong))


@cache
def _missing(found: _Catalogue, assets: Path) -> tuple[str, ...]:
    """Worked out once: the desk asks again with each of its pages."""
    return tuple(sorted(_Catalogue.of(ENGLISH, assets).ids - found.ids))


def _id(key: str | tuple[str, int]) -> str:
    return key if isinstance(key, str) else key[0]


def _can_stand(key: str | tuple[str, int], text: str) -> bool:
    if not text:
        return False
    # A compiled catalogue does not hold the second English form, so a form is held against that when it is asked for.
    return fits((key,), (text,)) if isinstance(key, str) else fields(text) is not None


def has_voice(language: str, assets: Path | None = None) -> bool:
    """Whether sentences in ``language`` are spoken as well, by a voice that ships."""
    return ((assets or paths.assets()) / "voice" / language / "index.json").is_file()
