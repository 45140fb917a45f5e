"""One worker process per device, watched by a process that does nothing else.

A member is a device's process and those that stand in for it; the fleet watches its members,
starts again those that die, passes signals on and ends with one exit code.
"""
