"""How long a thread may keep Python's lock from others."""

import sys

SWITCH_AFTER = 0.0005  # seconds


def take_turns_quickly() -> None:
    """Have threads of this process take turns quickly.

    With Python's own five milliseconds, each answer of the database waits that long while another thread writes to sockets or
    composes a mail. Not for all processes: where nobody waits for another thread, it costs a few percent of what gets done.
    """
    sys.setswitchinterval(SWITCH_AFTER)
