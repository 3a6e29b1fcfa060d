"""Runs in the device: shows pictures that lie on a disk to a looped-back video device, round and round.

Arguments: the video device, the disk, width, height, number of pictures, pictures a second. They are YUYV, two bytes a
pixel.
"""

import fcntl
import mmap
import os
import struct
import sys
import time

OUTPUT, YUYV, NO_FIELD, SRGB = 2, int.from_bytes(b"YUYV", "little"), 1, 8
SET_FORMAT = 0xC0D05605
"""VIDIOC_S_FMT: ``struct v4l2_format`` has 208 bytes."""
device, disk = sys.argv[1:3]
width, height, count, rate = map(int, sys.argv[3:7])
size = 2 * width * height
form = bytearray(208)
struct.pack_into("<I4x8I", form, 0, OUTPUT, width, height, YUYV, NO_FIELD, 2 * width, size, SRGB, 0)
video = os.open(device, os.O_RDWR)
fcntl.ioctl(video, SET_FORMAT, form)
source = os.open(disk, os.O_RDONLY)
pictures = mmap.mmap(source, size * count, prot=mmap.PROT_READ)
number = 0
while True:
    os.write(video, pictures[size * number : size * (number + 1)])
    number = (number + 1) % count
    time.sleep(1 / rate)
