"""A mark → a message. Its body is JSON: what its target should show, with texts in the target's own markup."""

import json
from typing import Any

from connectors.contract import Markup
from sync_agent.model import (
    Channel,
    IssueLabels,
    Message,
    MessageKind,
    Organisation,
    Payload,
    ProblemIssue,
    ProjectHealth,
    Reason,
    ReasonKind,
    TrackerLabel,
)
from sync_agent.model.judgement import WORST_FIRST
from sync_agent.render import phrases
from sync_agent.render.markup.document import Block, Heading, Inline, Strong, bullets, clean, paragraph
from sync_agent.render.message import MARKUPS
from sync_agent.render.plain import NO_WORDS

_TITLE = 120


def render_label(mark: TrackerLabel, organisation: Organisation, markup: Markup) -> Message:
    """The message; the same mark has the same one, whatever the time."""
    if isinstance(mark, IssueLabels):
        return _message(mark, MessageKind.MARK, {"labels": mark.labels, "value": mark.value})
    if isinstance(mark, ProblemIssue):
        return _message(mark, MessageKind.PROBLEM, _problem(mark, organisation, markup), mark.goal_id)
    return _message(mark, MessageKind.PROJECT, _project(mark, markup))


def render_label_plainly(mark: TrackerLabel, markup: Markup) -> Message:
    """The message where `render_label` fails: no detail of a goal is looked at."""
    said = MARKUPS[markup]((paragraph(NO_WORDS),))
    if isinstance(mark, ProblemIssue):
        title = f"{mark.goal_id}: a problem of this goal"
        body = {"open": bool(mark.goal and mark.alerts), "title": title, "text": said, "links": mark.links}
        return _message(mark, MessageKind.PROBLEM, body, mark.goal_id)
    if isinstance(mark, ProjectHealth):
        health = mark.health.value if mark.health else None
        return _message(mark, MessageKind.PROJECT, {"health": health, "text": said, "start": None, "due": None})
    return _message(mark, MessageKind.MARK, {"labels": mark.labels, "value": mark.value})


def _message(mark: TrackerLabel, kind: MessageKind, body: dict[str, Any], goal: str | None = None) -> Message:
    payload = Payload(json.dumps(body, ensure_ascii=False, sort_keys=True))
    channel, reason = Channel.tracker(mark.place.source), Reason(ReasonKind.LABELS)
    return Message(mark.key, kind, channel, payload, reason, goal=goal, place=mark.place, edits=True)


def _problem(mark: ProblemIssue, organisation: Organisation, markup: Markup) -> dict[str, Any]:
    """Says nothing that changes with every day, such as for how long: the comments of the goal's issues do."""
    goal = mark.goal
    if goal is None or not mark.alerts:
        over = paragraph("This is over; the agent closes the issue.")
        return {"open": False, "text": MARKUPS[markup]((over,))}
    kinds = " and ".join(sorted({alert.kind.value for alert in mark.alerts}))
    asked = phrases.questions(mark.alerts)
    blocks: list[Block] = [
        paragraph(Strong(goal.objective), f" is {kinds}. Owner: {phrases.owner_name(organisation, goal)}.")
    ]
    if asked:
        blocks += [Heading("What would help"), *asked]
    blocks.append(paragraph("Please collect here what is done about it. The agent closes the issue when it is over."))
    title = clean(f"{goal.objective}: {kinds}", _TITLE)
    return {"open": True, "title": title, "text": MARKUPS[markup](tuple(blocks)), "links": mark.links}


def _project(mark: ProjectHealth, markup: Markup) -> dict[str, Any]:
    worst_first = sorted(mark.goals, key=lambda each: WORST_FIRST.index(each[1].health))
    lines: list[list[str | Inline]] = [
        [Strong(phrases.headline(found.health)), f": {goal.objective}"] for goal, found in worst_first
    ]
    over = paragraph("No goal is followed here any more.")
    return {
        "health": mark.health.value if mark.health else None,
        "text": MARKUPS[markup](bullets(lines) or (over,)),
        "start": min((f"{goal.period.start}" for goal, _ in mark.goals), default=None),
        "due": max((f"{goal.period.due}" for goal, _ in mark.goals), default=None),
    }
