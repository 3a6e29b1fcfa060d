#!/bin/sh
# msgspec 0.22.0: text that is not UTF-8 raises UnicodeDecodeError, which is no DecodeError.
#
# Behaviour: `msgspec.DecodeError` is named as what decoding raises, and is a MsgspecError. A byte that is not UTF-8
#   raises Python's own error instead, so that whoever catches DecodeError does not catch it. Both are ValueErrors.
# Seen: '{"a": 1' raises DecodeError; '"' with the byte ff in it raises UnicodeDecodeError.
# Here: where text comes from outside, both errors are caught.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet msgspec==0.22.0 || exit 2
"$work/venv/bin/python" - <<'PY'
import sys

import msgspec

seen = []
for text in (b'{"a": 1', b'"\xff"'):
    try:
        msgspec.json.decode(text)
    except ValueError as why:
        seen.append((type(why).__name__, isinstance(why, msgspec.MsgspecError)))
        print(f"{text!r}: {type(why).__name__} ({why}), a MsgspecError: {seen[-1][1]}")
sys.exit(seen != [("DecodeError", True), ("UnicodeDecodeError", False)])
PY
