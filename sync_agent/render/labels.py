"""Turns a tracker label into a message. The body is JSON: what the target should show, with texts in its markup."""

import json
from typing import Any

from connectors.contract import Markup
from sync_agent.evaluate.verdict import verdict
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


def render_label(label: TrackerLabel, organisation: Organisation, markup: Markup) -> Message:
    """The message. The same label gives the same message at any time."""
    if isinstance(label, IssueLabels):
        return _message(label, MessageKind.LABEL, {"labels": label.labels, "value": label.value})
    if isinstance(label, ProblemIssue):
        return _message(label, MessageKind.PROBLEM, _problem(label, organisation, markup), label.goal_id)
    return _message(label, MessageKind.PROJECT, _project(label, markup))


def render_label_plainly(label: TrackerLabel, markup: Markup) -> Message:
    """The message if `render_label` fails. It looks at no detail of a goal."""
    said = MARKUPS[markup]((paragraph(NO_WORDS),))
    if isinstance(label, ProblemIssue):
        title = f"{label.goal_id}: a problem of this goal"
        body = {"open": bool(label.goal and label.alerts), "title": title, "text": said, "links": label.links}
        return _message(label, MessageKind.PROBLEM, body, label.goal_id)
    if isinstance(label, ProjectHealth):
        health = label.health.value if label.health else None
        return _message(label, MessageKind.PROJECT, {"health": health, "text": said, "start": None, "due": None})
    return _message(label, MessageKind.LABEL, {"labels": label.labels, "value": label.value})


def _message(label: TrackerLabel, kind: MessageKind, body: dict[str, Any], goal: str | None = None) -> Message:
    payload = Payload(json.dumps(body, ensure_ascii=False, sort_keys=True))
    channel, reason = Channel.tracker(label.place.source), Reason(ReasonKind.LABELS)
    return Message(label.key, kind, channel, payload, reason, goal=goal, place=label.place, edits=True)


def _problem(label: ProblemIssue, organisation: Organisation, markup: Markup) -> dict[str, Any]:
    """Says nothing that changes from day to day, such as how long the problem has lasted; the comments on the goal's
    issues do that.
    """
    goal = label.goal
    if goal is None or not label.alerts:
        over = paragraph("This is over; the agent closes the issue.")
        return {"open": False, "text": MARKUPS[markup]((over,))}
    kinds = " and ".join(sorted({alert.kind.value for alert in label.alerts}))
    asked = phrases.questions(label.alerts)
    blocks: list[Block] = [
        paragraph(Strong(goal.objective), f" is {kinds}. Owner: {phrases.owner_name(organisation, goal)}.")
    ]
    if asked:
        blocks += [Heading("What would help"), *asked]
    blocks.append(paragraph("Please collect here what is done about it. The agent closes the issue when it is over."))
    title = clean(f"{goal.objective}: {kinds}", _TITLE)
    return {"open": True, "title": title, "text": MARKUPS[markup](tuple(blocks)), "links": label.links}


def _project(label: ProjectHealth, markup: Markup) -> dict[str, Any]:
    worst_first = sorted(label.goals, key=lambda each: WORST_FIRST.index(each[1].health))
    lines: list[list[str | Inline]] = [
        [Strong(verdict(goal, found).value.capitalize()), f": {goal.objective}"] for goal, found in worst_first
    ]
    over = paragraph("No goal is followed here any more.")
    return {
        "health": label.health.value if label.health else None,
        "text": MARKUPS[markup](bullets(lines) or (over,)),
        "start": min((f"{goal.period.start}" for goal, _ in label.goals), default=None),
        "due": max((f"{goal.period.due}" for goal, _ in label.goals), default=None),
    }
