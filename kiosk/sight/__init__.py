"""What is seen just now: the process that looks at pictures, and what its readings say."""

__all__ = ["centring", "clips", "coach", "framing", "lid_taking", "sight", "sight_sim", "watching"]
