"""How people hear of their questions when the mail with them cannot be delivered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sync_agent.decide.asking import Inquiry
from sync_agent.decide.notices.asks import Asked, AskWay, Post, ask_key, ask_way, asked_notice, told_alone
from sync_agent.model import EMAIL, Notice
from sync_agent.model.asking import About, Input, ListedAsk, Report, Topic


@dataclass(slots=True)
class _Part:
    """The part of a mail that goes out another way."""

    way: AskWay
    listed: list[ListedAsk] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


def asked_otherwise(asked: Asked, inquiry: Inquiry, post: Post) -> Mapping[str, tuple[Notice, ...]]:
    """What is sent instead, by the key of the mail: a comment on each issue, or a message in a chat. How goals stand is
    also in the next digest, but a question closes. What others may not read has no other way.
    """
    elsewhere = replace(post, options=replace(post.options, email=False))
    mails = (n for n in asked.notices if n.channel == EMAIL and (n.listed or n.reports))
    return {mail.key: found for mail in mails if (found := tuple(_instead(mail, inquiry, elsewhere)))}


def _instead(mail: Notice, inquiry: Inquiry, post: Post) -> Iterator[Notice]:
    person, now = mail.person, inquiry.situation.now
    assert person
    for part in _parts(mail, person.id, inquiry, post):
        key = ask_key(person, now, f"{part.way.key}/instead")
        yield asked_notice(key, part.way, person, part.listed, part.reports, inquiry.situation)


def _parts(mail: Notice, person: str, inquiry: Inquiry, post: Post) -> tuple[_Part, ...]:
    private, parts = told_alone(inquiry), dict[str, _Part]()

    def part(goal: str, about: About | None) -> _Part | None:
        way = ask_way(inquiry, post, goal, person, alone=about in private)
        return parts.setdefault(way.key, _Part(way)) if isinstance(way, AskWay) else None

    for each in mail.listed:
        if found := part(each.ask.goal, each.ask.about):
            found.listed.append(each)
    for report in mail.reports:
        about = About(Topic.INPUT, report.of.id) if isinstance(report.of, Input) else None
        if found := part(report.goal, about):
            found.reports.append(report)
    return tuple(parts.values())
