#!/bin/sh
# fhir.resources 8.3.0: a moment read and written again has other digits.
#
# Behaviour: FHIR asks that the precision of a moment be kept as it was given. The library makes it a datetime, and
#   writes microseconds wherever there are any.
# Seen: 2026-03-02T08:00:00.611Z comes back as 2026-03-02T08:00:00.611000Z; a moment of whole seconds comes back as it
#   was.
# Here: the library only judges documents in the tests; the kiosk writes them itself.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet fhir.resources==8.3.0 fhir-core==1.1.12 || exit 2
"$work/venv/bin/python" - <<'PY'
import json
import sys

from fhir.resources.R4B.observation import Observation

seen = []
for moment in ("2026-03-02T08:00:00.611Z", "2026-03-02T08:00:00Z"):
    given = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "effectiveDateTime": moment}
    seen.append(json.loads(Observation.model_validate(given).model_dump_json())["effectiveDateTime"])
    print(f"{moment} comes back as {seen[-1]}")
sys.exit(seen != ["2026-03-02T08:00:00.611000Z", "2026-03-02T08:00:00Z"])
PY
