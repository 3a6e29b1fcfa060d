"""A clinic's database for other engines: Parquet and the questions that it answers, transactions for FHIR."""

__all__ = ["browse", "fhir", "publish"]
