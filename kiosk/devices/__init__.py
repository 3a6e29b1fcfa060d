"""How is hardware reached? Each device has a real and a simulated form, side by side, with one surface."""
