"""Tests of what a row of the record is."""
