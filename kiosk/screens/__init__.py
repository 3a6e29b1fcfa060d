"""How a scene becomes pixels: layout, fonts, painting, the mirror and the window."""

__all__ = ["opening", "paint", "paint_head", "paint_picture", "ready", "scene", "window"]
