"""A clinic's database for other engines: Parquet for many kiosks, and the questions that it answers."""

__all__ = ["publish"]
