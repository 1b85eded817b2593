"""`/me`: what is asked of one person, their goals, whom they wait for, who waits for them, and their mails."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sync_agent.ask.states import state
from sync_agent.hear.situation import at_hand
from sync_agent.model import Need, Organisation, Person
from sync_agent.model.asking import Ask, State
from sync_agent.render import say_reason
from sync_agent.store.memory.answers import load_answers, load_asks, load_withdrawn
from sync_agent.store.outbox.rows import Row, load_recent
from sync_agent.web.forms.words import Words
from sync_agent.web.pages.rows import standing_of
from sync_agent.web.pages.told import name_of
from sync_agent.web.present import Present, ShownGoal
from sync_agent.web.site import Look, no_such_page
from sync_agent.words import say_count, say_day

_LATELY = timedelta(days=14)
_MOST_MAILS, _MOST_ROWS, _MOST_GOALS = 10, 2_000, 50


def me_page(look: Look) -> Any:
    """The page of the reader; at the machine itself, of anybody who is chosen."""
    present = look.present()
    organisation = look.site.snapshot().organisation
    if organisation is None:
        return no_such_page()
    person = look.reader.person or organisation.people.get(look.request.query_params.get("person", ""))
    if person is None:
        people = sorted(organisation.people.values(), key=lambda each: each.name.casefold())
        return look.answer("me.html", "Asked of me", present=present, person=None, people=people)
    asked = list(_asked(look, organisation, person))
    goals = present.goals if present else ()
    mine = [each for each in goals if each.goal.owner == person.id]
    return look.answer(
        "me.html",
        f"What is asked of {person.name}",
        present=present,
        person=person,
        sentence=_sentence(asked, mine, yours=look.reader.person is not None),
        asked=asked,
        goals=[_line(each) for each in mine[:_MOST_GOALS]],
        followed=[_line(each) for each in goals if person.id in each.goal.stakeholders][:_MOST_GOALS],
        waits_for=list(_waits_for(present, mine, person)) if present else [],
        waited_by=list(_waited_by(present, mine, person)) if present else [],
        mails=_mails(look, person),
    )


def _asked(look: Look, organisation: Organisation, person: Person) -> Iterator[dict[str, Any]]:
    if look.site.store is None:
        return
    with look.site.store.read() as connection:
        asks = load_asks(connection, closing_after=look.now, person=person.id)
        answers = load_answers(connection, person=person.id)
        gone = load_withdrawn(connection, ids=asks)
    words = Words(at_hand(organisation, look.now, answers))
    links = look.site.access.links()
    for ask in asks.values():
        if state(ask, answers, look.now, gone.get(ask.id)) is State.OPEN:
            form = links.answer_link(ask.id, person.id) if links else None
            yield _question(ask, words, person, form)


def _question(ask: Ask, words: Words, person: Person, form: str | None) -> dict[str, Any]:
    question, *grounds = words.question(ask, person.id)
    return {
        "question": question,
        "goal": ask.goal,
        "title": words.title(ask),
        "grounds": grounds,
        "until": words.day(ask.closes - timedelta(microseconds=1)),
        "form": form,
    }


def _sentence(asked: list[dict[str, Any]], mine: Iterable[ShownGoal], *, yours: bool) -> str:
    owned = list(mine)
    bad = sum(not each.verdict.good for each in owned)
    who = "You own" if yours else "They own"
    goals = f" {who} {say_count(len(owned), 'goal')}" if owned else ""
    need = f"; {bad} {'needs' if bad == 1 else 'need'} attention" if bad else ""
    count = f"{say_count(len(asked), 'question')} {'is' if len(asked) == 1 else 'are'} open."
    questions = count if asked else "Nothing is asked."
    return f"{questions}{goals}{need}." if goals else questions


def _line(each: ShownGoal) -> dict[str, Any]:
    return {
        "id": each.goal.id,
        "objective": each.goal.objective,
        "verdict": each.verdict,
        "standing": standing_of(each),
        "due": each.goal.period.due,
        "sure": each.day.p85,
        "who": "",
        "what": "",
    }


def _waits_for(present: Present, mine: Iterable[ShownGoal], person: Person) -> Iterator[dict[str, Any]]:
    """Goals that their goals depend on, and what they need from others."""
    for each in mine:
        for name in each.goal.depends_on:
            if other := present.by_id.get(name):
                yield _line(other) | {"who": name_of(present.organisation, other.goal.owner)}
        yield from (_need(present, each, need, need.giver) for need in each.goal.needs if need.giver != person.id)


def _waited_by(present: Present, mine: Iterable[ShownGoal], person: Person) -> Iterator[dict[str, Any]]:
    own = {each.goal.id for each in mine}
    for each in present.goals:
        if not own.isdisjoint(each.goal.depends_on):
            yield _line(each) | {"who": name_of(present.organisation, each.goal.owner)}
        yield from (_need(present, each, need, each.goal.owner) for need in each.goal.needs if need.giver == person.id)


def _need(present: Present, each: ShownGoal, need: Need, who: str) -> dict[str, Any]:
    by = say_day(need.by, present.day)
    return _line(each) | {"who": name_of(present.organisation, who), "what": f"{need.what}, by {by}"}


def _mails(look: Look, person: Person) -> list[dict[str, Any]]:
    """The mails that were sent to them lately, newest first."""
    if look.site.store is None:
        return []
    with look.site.store.read() as connection:
        rows = load_recent(connection, look.now - _LATELY, _MOST_ROWS)
    theirs = [row for row in rows if row.message.person == person.id]
    return [_mail(row) for row in theirs[:_MOST_MAILS]]


def _mail(row: Row) -> dict[str, Any]:
    message = row.message
    return {
        "at": row.delivered or row.created,
        "subject": message.payload.subject or message.kind.value,
        "where": message.channel.name or "mail",
        "state": "" if row.delivered else row.state.value,
        "why": say_reason(message.reason),
    }
