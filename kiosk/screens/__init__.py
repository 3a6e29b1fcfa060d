"""How a scene becomes pixels: layout, fonts, painting, the mirror and the window."""

__all__ = ["paint", "paint_head", "paint_picture", "scene", "window"]
