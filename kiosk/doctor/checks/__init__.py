"""One file per family of checks, found by their folder: each with its ``PLACE`` in the table and its ``PARTS``."""
