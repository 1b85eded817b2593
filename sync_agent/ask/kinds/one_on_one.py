"""A message to the agent's address that is about no goal. It goes to the facilitator, or else to those who run the
agent.
"""

from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds import feedback
from sync_agent.model.asking import About, Topic
from sync_agent.model.asking.fields import FreeText, Sheet

NAME = "one-on-one"
_SHEET = Sheet((FreeText(name="text", label="Message"),))


def _unasked(situation: Situation, about: About, person: str) -> Sheet | None:
    known = person in situation.organisation.people
    return _SHEET if known and about.topic is Topic.AGENT else None


KIND = Kind(NAME, unasked=_unasked, means=feedback.KIND.means, fields=_SHEET.fields)
