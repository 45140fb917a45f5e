"""What a signal's handler may do to the thread that it interrupts."""

import _thread
import threading


def set_soon(event: threading.Event) -> None:
    """Set an event from a signal's handler, a moment later.

    The interrupted thread may hold the event's own lock, as it does around every `wait`: set there
    and then, the event would wait for the lock, and the thread for the handler, for ever.
    """
    # Not `threading.Thread`: its start takes locks, too.
    _thread.start_new_thread(event.set, ())
