"""How Python itself is set for a process that reads, decodes and computes at once."""

import gc
import sys

_NEW_OBJECTS = 200_000
_ROUNDS = 20
_TURN_SECONDS = 0.0005


def tune() -> None:
    """Rare search for garbage that refers to itself, and short turns. See decision 20.

    By default Python looks through decoded pages again and again for cycles, of which they have none. And a thread that
    has an answer to read waits 5 ms for its turn, a dozen times for each answer, while another one computes.
    """
    gc.freeze()  # What is imported by now stays until the end.
    gc.set_threshold(_NEW_OBJECTS, _ROUNDS, _ROUNDS)
    sys.setswitchinterval(_TURN_SECONDS)
