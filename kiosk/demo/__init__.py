"""Whole days on simulated hardware."""
