"""What a row of the record is: one frozen struct per table, with type, range, unit and sentence of each column."""

__all__ = ["kinds", "names", "row", "standard"]
