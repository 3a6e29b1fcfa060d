"""Bounds of a site's own recordings: how loud, how long and how fast they may be, and how large their files."""

from __future__ import annotations

import re

RATE = 24_000
"""Samples a second of a recording as it is kept."""
TARGET_LUFS = -16.0
"""The loudness that recordings are brought to (ITU-R BS.1770-5, integrated)."""
TOLERANCE_LU = 1.5
"""A recording that is played as it is may be off by so much."""
MOST_PEAK_DB = -1.5
"""The highest true peak, in dB below full scale."""
QUIETEST_LUFS, LOUDEST_LUFS = -42.0, -7.0
"""The range from which a recording can be brought to the target: below it noise would be lifted along, and a voice
above it was pressed together before it came here."""
UNEVEN_LU = 4.0
"""A recording whose peaks keep it so far below the target is uneven: a knock, or a shout."""
SILENT_DB = -50.0
"""A recording whose loudest 10 ms are below this holds nothing."""
WORDS_A_MINUTE = 160
"""Faster than this is hurried; 120 to 140 is calm."""
LEAST_WORDS = 8
"""A shorter sentence has no pauses, so its pace says nothing."""
MOST_S = 90
"""The longest recording, in seconds."""
MOST_BYTES = 18 << 20
"""The most bytes of a file: ``MOST_S`` of 48 kHz, stereo, 16 bits."""
START_SPARE_MS, MIDDLE_SPARE_MS, PHASE_SPARE_MS = 300, 500, 100
"""Quiet that is left of a lead-in after its words, of a hold, and of a phase before the word of the next one."""
END_TONE_MS = 580
"""The tone that ends a step: it is heard before the words of the next one, in their lead-in."""
KINDS = ("wav", "ogg", "opus", "mp3", "flac")
"""Endings of the names of files that can be brought."""
PROMPT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}"
RECORDING = re.compile(rf"({PROMPT})\.(?:{'|'.join(KINDS)})")
"""The name of a recording: the id of its prompt and an ending."""
LANGUAGE = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2})?")
"""The name of a language's folder."""
