#!/bin/sh
# Babel 2.19.0: Spanish has three plural forms, where GNU msginit begins a catalogue with two.
#
# Behaviour: Babel takes the forms of Unicode's CLDR: one, many (whole millions) and other. The ordinary plural is the
#   last one. msginit (gettext 0.21) gives Spanish two, so a catalogue that began there and is filled by number has
#   its words in other places.
# Seen: Babel says nplurals=3 and puts 5 days into form 2, a million days into form 1; msginit says nplurals=2.
# Here: how many forms there are stands in the head of a catalogue, and gettext asks it; whoever fills one in must
#   look there.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v msginit >/dev/null || { echo "msginit is missing (Debian: gettext)"; exit 2; }
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet babel==2.19.0 || exit 2
printf '%s\n' 'msgid ""' 'msgstr ""' '"Content-Type: text/plain; charset=UTF-8\n"' '' \
    'msgid "{n} day"' 'msgid_plural "{n} days"' 'msgstr[0] ""' 'msgstr[1] ""' > "$work/words.pot"
two=$(msginit --no-translator -l es -i "$work/words.pot" -o - 2>/dev/null | grep -o 'nplurals=[0-9]*')
echo "msginit: $two"
"$work/venv/bin/python" - "$two" <<'PY'
import gettext
import sys

from babel.messages.plurals import get_plural

forms, rule, *_ = get_plural("es")
plural = gettext.c2py(rule)
print(f"Babel: nplurals={forms}; 1 day is form {plural(1)}, 5 days form {plural(5)}, a million days form {plural(10**6)}")
sys.exit((sys.argv[1], forms, plural(1), plural(5), plural(10**6)) != ("nplurals=2", 3, 0, 2, 1))
PY
