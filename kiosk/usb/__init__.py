"""What goes to a USB stick and comes from it."""
