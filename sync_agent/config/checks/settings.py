"""Checks what a single value cannot show: names that do not exist, people out of reach, secrets in the open.

Works on the nodes rather than on the validated shapes, so that one wrong value does not hide the others.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

from connectors.contract import ChannelConnector
from connectors.profile import Profile
from sync_agent.config.checks.channels import check_channels, options_of
from sync_agent.config.checks.goals import check_goals
from sync_agent.config.checks.renames import check_renames
from sync_agent.config.checks.rounds import check_rounds
from sync_agent.config.checks.routes import check_routes
from sync_agent.config.checks.sign_offs import check_sign_offs
from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake, looks_secret, quoted
from sync_agent.config.mistakes import SECRET_KEYS, secret_written
from sync_agent.config.nodes import Node
from sync_agent.config.values import WholeDays
from sync_agent.model import AvailableChannels, Contact, Role, Rules, Way, WhyNot, ways

_WHOLE_DAYS: TypeAdapter[timedelta] = TypeAdapter(WholeDays)
_STORES = ("sqlite", "postgresql")


def check(
    main: Node,
    goals: Sequence[Node],
    containers: Mapping[str, tuple[str, ...]],
    profiles: Mapping[str, Profile],
    channels: Mapping[str, ChannelConnector],
    rounds: Sequence[Node] = (),
) -> Iterator[Mistake]:
    """`main` is sync-agent.yaml, `goals` are the entries of all goal files; `containers` what each source covers,
    `profiles` those of the installed connectors, `channels` what can be below that key, `rounds` the roots of their
    files.
    """
    declared, options = Declared.of(main, goals, containers, profiles), options_of(main, channels)
    yield from _secrets(main, (*goals, *rounds))
    yield from _people(main, goals, options, declared)
    yield from _rules(main, goals, options, declared)
    yield from _silences(main, declared)
    yield from check_routes(main, declared, options.chats)
    yield from check_channels(main, declared, channels)
    yield from _inbox(main)
    yield from _marks(main, goals, declared)
    yield from _store(main)
    yield from check_goals(goals, declared)
    yield from check_sign_offs(main, goals, declared)
    yield from check_renames(main, goals)
    yield from check_rounds(main, rounds, declared)


def _secrets(main: Node, goals: Sequence[Node]) -> Iterator[Mistake]:
    where = [*(found for key in ("sources", "channels") if (found := main.get(key))), *goals]
    told = set()
    for node in _below(where):
        for key in SECRET_KEYS & set(node.mapping):
            if node.mapping[key].text is not None:
                told.add(node.mapping[key].place)
                yield node.mapping[key].mistake(secret_written(key))
    for node in _below([main, *goals]):
        for each in (node, *node.keys.values()):
            if each.text and looks_secret(each.text) and each.place not in told:
                yield each.mistake("this looks like a secret; keep it in an environment variable or a file instead")


def _below(roots: Iterable[Node]) -> Iterator[Node]:
    return (node for root in roots for node in root.walk())


def _ways(options: AvailableChannels, person: Node) -> tuple[Way, ...]:
    """Returns the ways to reach a person, whatever they are told about."""
    accounts, chat = person.get("accounts"), person.get("chat")
    sources = frozenset(accounts.mapping if accounts else ())
    return ways(options, Contact(person.has("email"), sources, chat.text if chat else None), sources)


def _unreached(key: Node, person: Node, options: AvailableChannels) -> Iterator[Mistake]:
    """Yields a mistake if no way leads to a person. A chat that does not exist is a mistake of its own."""
    found = _ways(options, person)
    if person.mapping and all(way.missing not in ((), (WhyNot.UNKNOWN_CHAT,)) for way in found):
        mail, comment, _ = (" and ".join(_REMEDIES[each] for each in way.missing) for way in found)
        yield key.mistake(f"nobody can reach {key.describe()}: {mail}, or {comment}")


_REMEDIES: Mapping[WhyNot, str] = {
    WhyNot.NO_EMAIL: "give them an email",
    WhyNot.NO_MAIL_SERVER: "set up channels.email",
    WhyNot.COMMENTS_OFF: "set channels.comments: true",
    WhyNot.NO_ISSUE: "give them an account at a source",
    WhyNot.NO_CHAT: "give them a chat",
    WhyNot.UNREACHABLE: "correct their email",
}


def _people(main: Node, goals: Sequence[Node], options: AvailableChannels, declared: Declared) -> Iterator[Mistake]:
    involved = {
        n.text
        for goal in goals
        for n in (*goal.many("owner"), *goal.many("stakeholders"), *_givers(goal), *_signers(goal))
    }
    facilitator = main.get("facilitator")
    yield from named(facilitator, "person", declared.people)
    if facilitator:
        involved.add(facilitator.text)
    people = main.get("people")
    deputies = (person.get("deputy") for person in people.mapping.values()) if people else ()
    involved |= {deputy.text for deputy in deputies if deputy}
    for name, key in people.keys.items() if people else ():
        person = people.mapping[name] if people else key
        role = person.get("role")
        concerned = name in involved or (role is not None and role.text == Role.IT_OPS)
        yield from _person(key, person, options, concerned=concerned)
        accounts = person.get("accounts")
        for source in accounts.keys.values() if accounts else ():
            yield from named(source, "source", declared.sources)
        yield from named(person.get("chat"), "chat", options.chats)
        yield from _deputy(name, person.get("deputy"), declared)


def _givers(goal: Node) -> tuple[Node, ...]:
    return tuple(found for need in goal.many("needs") if (found := need.get("from")))


def _signers(goal: Node) -> tuple[Node, ...]:
    found = goal.get("sign_off")
    return (*found.many("by"), *found.many("decider")) if found else ()


def _deputy(name: str, deputy: Node | None, declared: Declared) -> Iterator[Mistake]:
    yield from named(deputy, "person", declared.people)
    if deputy and deputy.text == name:
        yield deputy.mistake(f"found {deputy.describe()}; should be somebody else, who is there while they are away")


def _person(key: Node, person: Node, options: AvailableChannels, *, concerned: bool) -> Iterator[Mistake]:
    digest, mail = person.get("digest"), _ways(options, person)[0]
    if concerned:
        yield from _unreached(key, person, options)
    if digest and digest.text and digest.text.casefold() != "none" and mail.missing:
        yield digest.mistake("a digest needs an email of this person and channels.email")


def _rules(main: Node, goals: Sequence[Node], options: AvailableChannels, declared: Declared) -> Iterator[Mistake]:
    usual = Rules()
    rules = main.get("rules")
    risk, off = usual.on_track_probability, usual.at_risk_probability
    if rules:
        yield from _thresholds(rules, risk, off)
        risk, off = _share(rules, "at_risk_below", risk), _share(rules, "off_track_below", off)
    for own in (found for goal in goals if (found := goal.get("rules"))):
        yield from _thresholds(own, risk, off)
    for each in (found for part in (main, *goals) if (found := part.get("rules"))):
        yield from _escalation(each, main.get("people"), options, declared)


def _thresholds(rules: Node, usual_risk: float, usual_off: float) -> Iterator[Mistake]:
    """Checks that off_track_below is less than at_risk_below, where a goal may override only one of them."""
    risk, off = _share(rules, "at_risk_below", usual_risk), _share(rules, "off_track_below", usual_off)
    place = rules.get("off_track_below") or rules.get("at_risk_below")
    if place and off >= risk:
        yield place.mistake(f"off_track_below ({off:g}) should be less than at_risk_below ({risk:g})")


def _share(rules: Node, key: str, usual: float) -> float:
    node = rules.get(key)
    try:
        return float(node.text) if node and node.text else usual
    except ValueError:
        return usual


def _silences(main: Node, declared: Declared) -> Iterator[Mistake]:
    for silence in main.many("silences"):
        yield from named(silence.get("goal"), "goal", declared.goals)
        yield from named(silence.get("by"), "person", declared.people)


def _marks(main: Node, goals: Sequence[Node], declared: Declared) -> Iterator[Mistake]:
    """Checks the goals whose status projects report, and labels that already mean something else."""
    sources = main.get("sources")
    blocking = _blocking_labels(main, goals)
    for marks in (found for source in (sources.mapping.values() if sources else ()) if (found := source.get("marks"))):
        for node in (node for project in marks.many("projects") for node in project.many("goals")):
            yield from named(node, "goal", declared.goals)
        labels = marks.get("labels")
        for label in labels.mapping.values() if labels else ():
            if label.text and label.text.casefold() in blocking:
                text = f"found {label.describe()}, by which people say that work is blocked (blocked_labels)"
                yield label.mistake(f"{text}; the agent does not see labels of its own: choose another")


def _blocking_labels(main: Node, goals: Iterable[Node]) -> frozenset[str]:
    """Returns the labels that mean blocked for any goal, in lower case."""

    def said(part: Node) -> list[str]:
        rules = part.get("rules")
        return [node.text for node in rules.many("blocked_labels") if node.text] if rules else []

    usual = said(main) or Rules().blocked_labels
    return frozenset(label.casefold() for label in (*usual, *(label for goal in goals for label in said(goal))))


def _escalation(rules: Node, people: Node | None, options: AvailableChannels, declared: Declared) -> Iterator[Mistake]:
    """Checks that escalation steps are in order and lead to people who exist and can be reached."""
    before = 0
    for step in rules.many("escalate"):
        after = step.get("after")
        days = _days(after)
        if after and days is not None and days <= before:
            yield after.mistake(f"found {after.describe()}; each step should come later than the one before it")
        before = days or before
        for node in step.many("to"):
            yield from named(node, "person", declared.people)
            person = people.get(node.text) if people and node.text else None
            if person:
                yield from _unreached(node, person, options)


def _days(node: Node | None) -> int | None:
    try:
        return _WHOLE_DAYS.validate_python(node.plain()).days if node else None
    except ValidationError:
        return None


def _store(main: Node) -> Iterator[Mistake]:
    store = main.get("store")
    kind, address, _ = (store.text or "").partition("://") if store else ("", "", "")
    if store and address and kind.partition("+")[0] not in _STORES:
        found = quoted(f"{kind}://")
        yield store.mistake(f"found {found}; should be a file, or begin with sqlite:/// or postgresql://")


def _inbox(main: Node) -> Iterator[Mistake]:
    """Answers by mail are known by a signature."""
    told, web = main.get("channels"), main.get("web")
    mail = told.get("email") if told else None
    inbox = mail.get("inbox") if mail else None
    if mail and inbox and not inbox.has("secret") and not (web and web.has("secret")):
        fix = "add secret: {env: NAME} here, or web.secret; make one with `openssl rand -hex 32`"
        yield mail.keys["inbox"].mistake(f"answers by mail need a secret that signs reply addresses; {fix}")
