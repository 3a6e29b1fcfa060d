"""What does a clinic's own picture or film show? Decoded in a child process, within bounds."""

__all__ = ["look_through", "pictures"]
