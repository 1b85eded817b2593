"""How often Python looks for garbage that refers to itself."""

import gc

_NEW_OBJECTS = 200_000
_ROUNDS = 20


def look_seldom() -> None:
    """For a process that decodes much JSON: by default Python looks through the decoded pages again and again for
    cycles, of which they have none, and that costs more than a third of a pull. See decision 20.
    """
    gc.freeze()  # What is imported by now stays until the end.
    gc.set_threshold(_NEW_OBJECTS, _ROUNDS, _ROUNDS)
