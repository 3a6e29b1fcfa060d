"""A bedside kiosk for people with facial palsy: timed releases, relaxation and slow symmetrical movements."""

__version__ = "0.1.0"
