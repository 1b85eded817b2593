"""Who agreed to a goal, and what is to be agreed to, in words."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sync_agent.ask.kinds.sign_off import MATTERS
from sync_agent.model import Goal, Notice, Organisation
from sync_agent.model.agreement import SETTLED, Agreement, Override, SignerState, SignerView, Stance, Stand
from sync_agent.model.asking import Changed, Discussed, ToSign
from sync_agent.model.versions import ConfiguredVersion, Retitled
from sync_agent.render.markup.document import Block, Command, Heading, Inline, Strong, bullets, clean, paragraph
from sync_agent.render.versions.differences import say_difference, say_move, say_titles
from sync_agent.words import say_amount, say_count, say_day, say_number

_LONGEST = 300
_OTHERWISE = "If you do not sign, say discuss and why, abstain, or hold until a day."
_NAMED = 3
"""This many people are named, the others counted."""


def say_agreement(found: Agreement, organisation: Organisation, today: date) -> str:
    """`Agreed by 4 of 5; Noor Haddad discusses the date.`, and who has said nothing by the deadline."""
    settled = found.of(*SETTLED)
    whole = "all" if found.agreed else f"{len(settled)} of"
    parts = [f"Agreed by {whole} {len(found.signers)}", *_each(found, organisation, today)]
    if unsigned := found.of(SignerState.UNSIGNED):
        names = _names([each.signer for each in unsigned], organisation)
        day = say_day(found.until, today)
        parts.append(f"unsigned by {names}, asked until {day}" if found.overdue else f"open until {day}: {names}")
    return f"{'; '.join(parts)}."


def _each(found: Agreement, organisation: Organisation, today: date) -> Iterator[str]:
    for view in found.signers:
        name, stance = _name(view.signer, organisation), view.stance
        match view.state:
            case SignerState.DISCUSSES if stance:
                yield f"{name} discusses {MATTERS[stance.matter] if stance.matter else 'it'}"
            case SignerState.HOLDS if stance and stance.until:
                yield f"{name} asks to wait until {say_day(stance.until, today)}"
            case SignerState.OVERRIDDEN if view.override:
                by, why = _name(view.override.by, organisation), clean(view.override.reason, _LONGEST)
                yield f"{by} decided in spite of {name}: “{why}”"
            case SignerState.ABSTAINS:
                yield f"{name} abstains"
            case _:
                pass


def badge(found: Agreement) -> dict[str, str]:
    """The content of a badge: https://shields.io/badges/endpoint-badge"""
    settled = len(found.signers) - len(found.of(*(set(SignerState) - SETTLED)))
    colour = "brightgreen" if found.agreed else "orange" if found.of(SignerState.DISCUSSES) else "lightgrey"
    return {"label": "agreed", "message": f"{settled} of {len(found.signers)}", "color": colour}


def say_signer(view: SignerView, organisation: Organisation, today: date) -> str:
    """One signer in a line: `Noor Haddad: discusses the date (24 Nov): “the vendor is late”`."""
    name, stance = _name(view.signer, organisation), view.stance
    if stance is None:
        return f"{name}: has said nothing yet"
    before = "" if view.state is not SignerState.UNSIGNED else f" of version {stance.version[:8]}, not of this one"
    day = f"{view.state.value if not before else stance.stand.value}{before} ({say_day(stance.at.date(), today)})"
    by = f", said by {_name(stance.by, organisation)}" if stance.by != view.signer else ""
    why = f": “{clean(stance.reason, _LONGEST)}”" if stance.reason else ""
    return f"{name}: {day}{by}{why}"


def say_stance(said: Stance | Override, organisation: Organisation, today: date) -> str:
    """A stance as news: `Noor Haddad discusses the date of “Checkout …”: “the vendor is late”`."""
    goal = next((each.objective for each in organisation.goals if each.id == said.goal), said.goal)
    of, why = f"“{clean(goal, _LONGEST)}”", f": “{clean(said.reason, _LONGEST)}”" if said.reason else ""
    if isinstance(said, Override):
        who = _name(said.by, organisation)
        return f"{who} decided that {of} holds as it is (version {said.version[:8]}) in spite of what is discussed{why}"
    who = _name(said.signer, organisation)
    match said.stand:
        case Stand.DISCUSS:
            return f"{who} discusses {f'{MATTERS[said.matter]} of ' if said.matter else ''}{of}{why}"
        case Stand.HOLD:
            until = say_day(said.until, today) if said.until else "a day to come"
            return f"{who} asks to wait with {of} until {until}{why}"
        case Stand.SIGN | Stand.ABSTAIN:
            return f"{who} {'signed' if said.stand is Stand.SIGN else 'abstains from'} {of}{why}"


def say_to_sign(part: ToSign, organisation: Organisation, today: date) -> str:
    """The goal in one paragraph; for somebody who has said something before, what has changed since."""
    short = part.present.short
    if part.spoken_of is None:
        return f"Version {short}: {say_goal(part.present, organisation, today)} {_OTHERWISE}"
    changes = say_difference(part.spoken_of, part.present, organisation, today)
    if not changes:
        return f"Version {short} is the one to which you last said something. {_OTHERWISE}"
    since = f"What has changed since version {part.spoken_of.short}"
    return f"Version {short}. {since}: {'; '.join(changes)}. {_OTHERWISE}"


def say_discussed(part: Discussed, organisation: Organisation) -> str:
    """What somebody discusses."""
    what = MATTERS[part.matter] if part.matter else "it"
    return f"{_name(part.signer, organisation)} discusses {what}: “{clean(part.reason, _LONGEST)}”."


def say_changed(part: Changed, organisation: Organisation, today: date) -> str:
    """What was changed without a reason."""
    lines = say_difference(part.before, part.after, organisation, today)
    return f"{'; '.join(lines)}. Whoever is affected is told tomorrow, with your reason or without one."


def say_goal(version: ConfiguredVersion, organisation: Organisation, today: date) -> str:
    """What is agreed, in one paragraph."""
    agreed = version.agreed
    start, due = (say_day(date.fromisoformat(agreed["period"][end]), today) for end in ("start", "due"))
    owner = _name(agreed["owner"], organisation)
    parts = [f"“{clean(agreed['objective'], _LONGEST)}”, {agreed['kind']}, {start} to {due}, owned by {owner}"]
    parts += [_key_result(name, found, version) for name, found in agreed["key_results"].items()]
    for giver, wanted in agreed.get("needs", {}).items():
        days = (f"“{clean(what)}” by {say_day(date.fromisoformat(by), today)}" for what, by in wanted.items())
        parts.append(f"it needs {', '.join(days)} of {_name(giver, organisation)}")
    if waits := agreed.get("depends_on"):
        parts.append(f"it depends on {', '.join(waits)}")
    return f"{'; '.join(parts)}."


def _key_result(name: str, found: dict[str, Any], version: ConfiguredVersion) -> str:
    title, unit = clean(version.titles.get(name, name)), str(found.get("unit", ""))
    if limits := found.get("between"):
        return f"{title}: kept between {say_number(limits[0])} and {say_amount(limits[1], unit)}"
    if "target" in found:
        start = f"from {say_number(found['baseline'])} " if "baseline" in found else ""
        return f"{title}: {start}to {say_amount(found['target'], unit)}"
    return title


def _names(people: Sequence[str], organisation: Organisation) -> str:
    named = [_name(each, organisation) for each in people[:_NAMED]]
    more = [say_count(len(people) - _NAMED, "more person", "more people")] if len(people) > _NAMED else []
    every = [*named, *more]
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}"


def _name(person: str, organisation: Organisation) -> str:
    known = organisation.people.get(person)
    return known.name if known else person


def agreed_lines(notice: Notice, goal: Goal, organisation: Organisation, today: date) -> list[str]:
    """What is shown beside a goal's health: who agreed to it, and which of its promises were moved."""
    agreement, moved = notice.agreements.get(goal.id), notice.moves.get(goal.id, ())
    said = [say_agreement(agreement, organisation, today)] if agreement else []
    if moved:
        said.append(f"Changed since its period began: {'; '.join(say_move(move, today) for move in moved)}.")
    return said


def say_retitled(found: Retitled, organisation: Organisation, today: date) -> str:
    """`“Tests” is now called “Checks”; nobody objected.` Silence is shown as silence, not as consent."""
    words = "; ".join(say_titles(found.change.before, found.change.after))
    if found.by:
        return f"{words}; {_names(found.by, organisation)} objected."
    until = say_day(found.until, today)
    return f"{words}; nobody objected by {until}." if found.until < today else f"{words}; you may object until {until}."


def other_words(notice: Notice, organisation: Organisation, today: date) -> Iterator[Block]:
    """The titles that have changed since the digest before."""
    objectives = {goal.id: goal.objective for goal, _ in notice.goals}
    lines: list[list[str | Inline]] = [
        [Strong(clean(objectives[each.change.after.goal], _LONGEST)), f": {say_retitled(each, organisation, today)}"]
        for each in notice.retitled
    ]
    if lines:
        yield Heading("Other words")
        yield from bullets(lines)
        yield paragraph("Titles are not signed. To object, comment ", Command("sync-agent object"), " and why.")


def changed_and_unagreed(notice: Notice, organisation: Organisation, today: date) -> Iterator[Block]:
    """The same for all goals of a digest, without those that are simply agreed."""
    lines: list[list[str | Inline]] = []
    for goal, _ in notice.goals:
        agreement = notice.agreements.get(goal.id)
        if goal.id in notice.moves or (agreement and not agreement.agreed):
            said = " ".join(agreed_lines(notice, goal, organisation, today))
            lines.append([Strong(clean(goal.objective, _LONGEST)), f": {said}"])
    if lines:
        yield Heading("What was agreed")
        yield from bullets(lines)
