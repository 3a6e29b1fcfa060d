"""One package: how it is written, read and verified."""
