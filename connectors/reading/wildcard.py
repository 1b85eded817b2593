"""Matches names with `*`, as in `acme/shop-*`."""


def fits(pattern: str, name: str) -> bool:
    """Tells whether a name matches a pattern. `*` stands for anything but `/`; case is ignored."""
    wanted, found = pattern.casefold().split("/"), name.casefold().split("/")
    return len(wanted) == len(found) and all(map(_part_fits, wanted, found))


def _part_fits(pattern: str, name: str) -> bool:
    # The first place for each piece is the best one, so nothing is tried twice, unlike with a regular expression.
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == name
    *middle, last = rest
    at, end = len(first), len(name) - len(last)
    if at > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for piece in middle:
        found = name.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
