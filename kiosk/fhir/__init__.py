"""Sessions as resources of FHIR."""

__all__ = ["forms", "resources"]
