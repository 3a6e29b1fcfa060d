"""Tests of what the record says of whoever is bound."""
