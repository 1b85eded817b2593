"""How many requests a pull may need: the fewest that the APIs allow, and a few to find out what a site has."""

from math import ceil

from benchmarks.pull.served import Task

_A_FEW = 5


def full(task: Task) -> int:
    """To read everything."""
    pages = ceil(task.items / 100)
    extra = {"jira-cloud": ceil(task.items / 1000), "github": ceil(task.repositories / 25)}
    return pages + extra.get(task.kind, 0) + _A_FEW


def idle(task: Task) -> int:
    """To find out that nothing is new."""
    return ceil(task.repositories / 50) if task.kind == "github" else 1


def changed(task: Task, items: int) -> int:
    """To read what changed."""
    return idle(task) + ceil(items / 100) + ceil(items / 1000)
