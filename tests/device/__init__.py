"""The virtual device: a Debian 13 in an emulated machine, in which the installed product runs."""
