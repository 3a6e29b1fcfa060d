"""What has the clinic said itself, and may it be played? Recordings looked at, made fit, kept, and made at the desk."""

__all__ = ["bounds", "check", "decode", "kept", "listen", "slots", "studio"]
