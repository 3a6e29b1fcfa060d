"""What runs inside the readers' own Python, not in ours: it knows nothing of the kiosk."""
