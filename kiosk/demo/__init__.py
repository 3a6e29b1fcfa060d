"""Whole days on simulated hardware."""

__all__ = ["demo"]
