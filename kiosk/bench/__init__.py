"""Whether this machine is fast enough."""
