"""What is seen just now? The supervised worker that looks at the camera's pictures, and its simulated twin."""
