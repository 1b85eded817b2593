"""Values that were worked out for a page and stay valid until the next cycle."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

_MOST = 256
T = TypeVar("T")


class KeptValues:
    """The newest few hundred values. When an `owner` is gone, its values are dropped."""

    def __init__(self) -> None:
        self._owner: object = None
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def of(self, owner: object, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, made if it is missing. Two simultaneous requests may both make it."""
        with self._lock:
            if owner is not self._owner:
                self._values.clear()
                self._owner = owner
            if key in self._values:
                self._values.move_to_end(key)
                found: T = self._values[key]
                return found
        made = make()
        with self._lock:
            if owner is self._owner:
                self._values[key] = made
                while len(self._values) > _MOST:
                    self._values.popitem(last=False)
        return made
