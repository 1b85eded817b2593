"""What is said if a mistake of ours keeps the words from being found: the news itself, and that there is more to it."""

from sync_agent.model import Gist, MessageKind, Notice
from sync_agent.render.markup.document import Block, Document, Inline, Mention, Strong, Text, bullets, paragraph
from sync_agent.words import say_count

NO_WORDS = "The agent cannot put more of it into words, through a fault of its own; its log has the details."


def plain_words(notice: Notice) -> tuple[str, Document]:
    """Subject and document, made only of names, healths and kinds of findings."""
    news = " and ".join(sorted({alert.kind.value for alert in notice.alerts})) or notice.kind.value
    about = notice.goals[0][0].objective if len(notice.goals) == 1 else say_count(len(notice.goals), "goal")
    subject = f"{about}: {news}"
    states: list[list[str | Inline]] = [[f"{goal.objective}: {found.health.value}"] for goal, found in notice.goals]
    called = [part for who in _called(notice) for part in (who, Text(" "))]
    blocks: list[Block] = [paragraph(*called, Strong(subject)), *bullets(states), paragraph(NO_WORDS)]
    return subject, tuple(blocks)


def _called(notice: Notice) -> list[Mention]:
    accounts = ((who, who.accounts.get(notice.channel.name)) for who in notice.mentions)
    return [Mention(who.name, account) for who, account in accounts if account]


def plain_gist(notice: Notice) -> Gist | None:
    """Makes sure that the status is edited as soon as the words are there again, or the health changes."""
    if notice.kind is not MessageKind.STATUS:
        return None
    return Gist(f"no words: {notice.goals[0][1].health.value}", "")
