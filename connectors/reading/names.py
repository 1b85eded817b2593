"""How names that people gave to statuses, resolutions and fields are compared."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

_APOSTROPHES = re.compile("['`´\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02bd\u2032\u05f3\ua78c]")
_DASHES = re.compile(r" [\-\u2010-\u2015]+ ")
_GAPS = re.compile(r"[\s_\-\u2010-\u2015]+")
_MOST = 200  # No tracker has longer names; what is cut off cannot cost anything.

_Value = TypeVar("_Value")


@lru_cache(maxsize=1024)  # A site has few names and thousands of steps that name them.
def fold(name: str | None) -> str:
    """The same text for `Won't Do`, `WON’T  DO`, `wont_do` and the full-width `ＷＯＮ＇Ｔ ＤＯ`. A dash between
    two parts, as in `Closed - Won't Do`, is like a slash.
    """
    plain = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", (name or "")[:_MOST])).casefold()
    bare = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", plain))
    return _GAPS.sub(" ", _DASHES.sub(" / ", " ".join(bare.split()))).strip()


def folded(named: Mapping[str, _Value]) -> dict[str, _Value]:
    """The same by folded names."""
    return {fold(name): value for name, value in named.items()}
