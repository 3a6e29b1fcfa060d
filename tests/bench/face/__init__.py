"""How well does a looker see? Drawn people whose truth is known, in good and bad light; held-out people decide.

``python -m tests.bench.face`` writes ``docs/face-accuracy.md`` and ``build/face.json``; ``--tuning`` shows the people
that may be looked at while something is improved, ``--quick`` takes a few.
"""
