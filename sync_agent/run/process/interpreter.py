"""Tunes Python for a process that reads, decodes and computes at the same time."""

import gc
import sys

_NEW_OBJECTS = 200_000
_ROUNDS = 20
_TURN_SECONDS = 0.0005


def tune() -> None:
    """Collects garbage less often, and lets threads take turns more often. See decision 20.

    By default Python searches decoded pages again and again for reference cycles, and there are none. And a thread with
    an answer to read waits 5 ms for its turn, a dozen times per answer, while another one computes.
    """
    gc.freeze()  # What is imported by now stays until the end.
    gc.set_threshold(_NEW_OBJECTS, _ROUNDS, _ROUNDS)
    sys.setswitchinterval(_TURN_SECONDS)
