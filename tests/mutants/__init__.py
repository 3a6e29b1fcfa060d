"""A seeded sample of small faults, each put into a copy of this folder and tried against the tests.

``python -m tests.mutants`` (`make mutants`) draws the faults with mutmut's operators, runs for each only the tests that
pass through its line, and writes ``build/mutants/ROOM.json`` and ``docs/mutants.md``.
"""
