"""What does the camera see? Numbers in, numbers out: no devices, no files, no screen."""
