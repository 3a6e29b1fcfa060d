"""What a picture of a face shows: where the face is and how far it moved."""

__all__ = [
    "goodside",
    "lid_scale",
    "light",
    "looker",
    "metrics",
    "model",
    "nets",
    "reflect",
    "regions",
    "replay",
    "segments",
]
