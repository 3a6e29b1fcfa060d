"""How hardware is reached: a real and a simulated one of each, side by side."""

__all__ = [
    "buttons",
    "buttons_gpio",
    "buttons_keys",
    "buttons_pedal",
    "camera",
    "camera_frame",
    "camera_recorded",
    "camera_sim",
    "child_bounds",
    "console",
    "gpio",
    "inbox",
    "lights",
    "sound",
    "sound_files",
    "sound_sim",
    "stick",
    "stick_udisks",
    "supervised",
]
