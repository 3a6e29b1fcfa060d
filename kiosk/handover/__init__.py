"""What leaves the kiosk, and can others trust it? Tables, packages, their protection and verification."""
