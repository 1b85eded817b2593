"""Who is told something."""

from dataclasses import dataclass

from sync_agent.model.people.channels import Channel
from sync_agent.model.places import Place


@dataclass(frozen=True, slots=True)
class Audience:
    """People by their ids, and where they are told: on an item, by mail or in a chat.

    Where nobody is named, it is everybody who reads that place. With neither it is nobody.
    """

    people: tuple[str, ...] = ()
    where: Place | Channel | None = None


NOBODY = Audience()
