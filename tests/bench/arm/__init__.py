"""Instructions that aarch64 needs for what the kiosk does, counted in QEMU's user emulation: no noise disturbs them.

They are no time. A Pi's processor runs several of them at once, and waits for memory; what is said here is how much
there is to do, in the same unit for all of it, and beside it one copy of a picture counted alike.
"""
