"""How hardware is reached: a real and a simulated one of each, side by side."""
