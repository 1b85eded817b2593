"""What is valid in the files and still may not be what somebody wants."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from connectors.contract import Finding, Level
from sync_agent.cli.rounds import round_findings
from sync_agent.config import Settings, SourceSettings
from sync_agent.config.build import is_loopback
from sync_agent.decide.preview import deaf, preview_source, unused
from sync_agent.model import Hours, Role
from sync_agent.model.people.access import AccessMode
from sync_agent.model.people.routing import say_path
from sync_agent.render.routing import say_out_of_reach

_MOST = 5


def warnings(settings: Settings, today: date) -> Iterator[Finding]:
    """Routes that are never taken; people whom their routes do not reach, or who are never at work when a cycle runs;
    nobody to fix problems; goals without a problem issue; goals that are over; advice on rounds. `today` is the
    day in the organisation's time zone.
    """
    for path, node in unused(settings.organisation):
        text = "is never taken: nothing matches it that no route above it takes; change or remove it"
        yield Finding(Level.WARNING, f"route '{say_path(path)}' ({node.where})", text)
    for person, goal, told in deaf(settings.organisation, settings.options):
        subject = f"person {person.id}"
        text = f"hears nothing of alerts about {goal.id}: what the route '{told.route.name}' has for them"
        yield Finding(Level.WARNING, subject, f"{text} {say_out_of_reach(told)}")
    yield from _never_at_work(settings)
    yield from _beyond_ascii(settings)
    yield from _without_operators(settings)
    yield from _without_problem_issues(settings)
    yield from _over(settings, today)
    yield from _open_pages(settings)
    yield from round_findings(settings, today)


def _open_pages(settings: Settings) -> Iterator[Finding]:
    """Pages that other machines can reach without anybody having to say who they are."""
    if settings.access.mode is AccessMode.OPEN and not is_loopback(settings.web_host):
        what = "all pages" if settings.access.inside else "goals and their history"
        text = (
            f"everybody who reaches {settings.web_host}:{settings.web_port} sees {what}: choose `links`, or `proxy` "
            "behind a login; see docs/pages.md"
        )
        yield Finding(Level.WARNING, "web.access", text)


def _never_at_work(settings: Settings) -> Iterator[Finding]:
    """People whose working hours may fall between two cycles, every day."""
    left = [p.id for p in settings.organisation.people.values() if p.hours and _lasts(p.hours) < settings.every]
    if left:
        text = f"no cycle may ever come in the working hours of {_named(left)}, who would hear nothing; make it shorter"
        yield Finding(Level.WARNING, "schedule.every", text)


def _lasts(hours: Hours) -> timedelta:
    day = date.min
    return datetime.combine(day, hours.ends) - datetime.combine(day, hours.begins)


def _beyond_ascii(settings: Settings) -> Iterator[Finding]:
    """Addresses that only some mail servers accept (RFC 6531). Domains have a form that all of them know."""
    for person in settings.organisation.people.values():
        local = (person.email or "").rpartition("@")[0]
        if not local.isascii():
            text = f"{person.email} needs a mail server that speaks SMTPUTF8, here and there; ask for another address"
            yield Finding(Level.WARNING, f"person {person.id}", text)


def _without_operators(settings: Settings) -> Iterator[Finding]:
    people = settings.organisation.people.values()
    if not any(preview_source(settings.organisation, settings.options, settings.organisation.goals)):
        text = "nobody hears when one cannot be read: give somebody in it-ops an email and channels.email, or a chat"
        yield Finding(Level.WARNING, "sources", text)
    elif not any(person.role is Role.IT_OPS and (person.email or person.chat) for person in people):
        text = (
            "nobody with the role it-ops has an email or a chat: trouble with sources and deliveries is told to the "
            "owners of the goals; give somebody `role: it-ops`"
        )
        yield Finding(Level.WARNING, f"people ({settings.people_at})", text)


def _without_problem_issues(settings: Settings) -> Iterator[Finding]:
    """Goals that report on no issue of a source in which problem issues are opened."""
    opening = [name for name, source in settings.sources.items() if _opens_problems(source)]
    goals = settings.organisation.goals if opening else ()
    left = [goal.id for goal in goals if not any(place.source in opening for place in goal.report_on)]
    if left:
        text = f"none is opened for {_named(left)}: add an issue of {' or '.join(opening)} to report_on"
        yield Finding(Level.WARNING, "problem issues", text)


def _opens_problems(source: SourceSettings) -> bool:
    marks = getattr(source.options, "marks", None)
    return getattr(marks, "problems", None) is not None


def _over(settings: Settings, today: date) -> Iterator[Finding]:
    """Goals that are over, in one line: they may be kept on purpose, for their score."""
    over = [goal.id for goal in settings.organisation.goals if goal.period.due < today]
    if over:
        text = f"due before today: {_named(over)}; their owners hear of what is still open"
        yield Finding(Level.WARNING, "goals", text)


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return f"{', '.join(listed[:_MOST])}{more}"
