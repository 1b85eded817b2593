"""The last words of a status comment that is no longer kept up to date."""

from dataclasses import replace

from connectors.contract import Markup
from sync_agent.model import Gist, Message, Payload, Reason, ReasonKind
from sync_agent.render.markup.document import Strong, paragraph
from sync_agent.render.message import MARKUPS


def render_closing(status: Message, markup: Markup) -> Message:
    """The closing words for a goal that is gone or reports elsewhere now. They say nothing that changes from day to
    day.
    """
    document = (
        paragraph(Strong(f"The goal {status.goal} is not followed here any more.")),
        paragraph("It has left the agent's configuration, has another id, or reports elsewhere now."),
    )
    reason, body = Reason(ReasonKind.REMOVED), MARKUPS[markup](document)
    return replace(status, payload=Payload(body), reason=reason, gist=Gist("closed", ""))
