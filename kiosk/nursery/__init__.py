"""Which process are children forked from, that they are there at once and share what they have loaded?"""

__all__ = ["nursery"]
