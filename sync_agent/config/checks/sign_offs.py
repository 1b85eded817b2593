"""What is wrong with who has to sign: nobody there, nobody who could, or the one who decides among them."""

from collections.abc import Iterator, Mapping, Sequence

from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.nodes import Node
from sync_agent.model import Proof

_USUAL = (Proof.LINK.value, Proof.ACCOUNT.value)
_WANTED: Mapping[str, str] = {
    Proof.LINK.value: "link needs web.url, web.secret and their email",
    Proof.ACCOUNT.value: "account needs their account at a source that the goal reports on",
    Proof.ALIGNED_MAIL.value: "aligned-mail needs channels.email.inbox.trusted_server and their email",
    Proof.SSO.value: "sso needs a login in front of the pages",
}


def check_sign_offs(main: Node, goals: Sequence[Node], declared: Declared) -> Iterator[Mistake]:
    """Those of goals and of themes; a theme's is looked at with each of its goals."""
    themes = main.get("themes")
    for each in themes.mapping.values() if themes else ():
        if of_theme := each.get("sign_off"):
            yield from _names(of_theme, declared)
    told: set[tuple[str, int, int]] = set()
    for goal in goals:
        own, theme_id = goal.get("sign_off"), goal.get("theme")
        theme = themes.get(theme_id.text) if themes and theme_id and theme_id.text else None
        if own:
            yield from _names(own, declared)
        if found := own or (theme.get("sign_off") if theme else None):
            for mistake in _signers(main, goal, found):
                place = (mistake.file, mistake.line, mistake.column)
                if place not in told:
                    told.add(place)
                    yield mistake


def _names(found: Node, declared: Declared) -> Iterator[Mistake]:
    decider = found.get("decider")
    yield from named(decider, "person", declared.people)
    for each in found.many("by"):
        yield from named(each, "person", declared.people)
        if decider and each.text and each.text == decider.text:
            text = f"{quoted(each.text)} has to sign and is the decider, who would end their own discussion"
            yield decider.mistake(f"{text}; name somebody else")


def _signers(main: Node, goal: Node, found: Node) -> Iterator[Mistake]:
    people, decider = main.get("people"), found.get("decider")
    every = people.mapping if people else {}
    for each in found.many("by"):
        role = each.get("role")
        if role is None:
            ids = [each.text] if each.text in every else []
        else:
            ids = [n.text for n in goal.many("stakeholders") if n.text in every and _role(every[n.text]) == role.text]
            identifier = goal.get("id")
            if not ids:
                text = f"nobody with this role is a stakeholder of the goal {quoted(_text(identifier))}"
                yield role.mistake(f"{text}; add them to its stakeholders, or name people")
            if decider and decider.text in ids:
                text = f"{quoted(decider.text)} has this role, so has to sign, and is the decider"
                yield role.mistake(f"{text}; name another decider")
        for name in ids:
            yield from _known(main, goal, found, each, name or "")


def _known(main: Node, goal: Node, found: Node, signer: Node, name: str) -> Iterator[Mistake]:
    """A signer who cannot be known in any way that counts could never sign."""
    person = main.mapping["people"].mapping[name]
    wanted = [text for each in found.many("require") if (text := _text(each)) in _WANTED] or list(_USUAL)
    if not any(_possible(proof, main, goal, person) for proof in wanted):
        ways = "; ".join(_WANTED[proof] for proof in wanted)
        yield signer.mistake(f"{quoted(name)} could never sign, for nobody can be sure that it was they: {ways}")


def _possible(proof: str, main: Node, goal: Node, person: Node) -> bool:
    match proof:
        case Proof.LINK.value:
            return person.has("email") and _has(main, "channels", "email") and _has(main, "web", "secret")
        case Proof.ALIGNED_MAIL.value:
            return person.has("email") and _has(main, "channels", "email", "inbox", "trusted_server")
        case Proof.ACCOUNT.value:
            accounts = person.get("accounts")
            sources = {each.text for place in goal.many("report_on") if (each := place.get("source"))}
            return bool(accounts and (not sources or sources.intersection(accounts.mapping)))
        case _:
            return _has(main, "web", "access")


def _has(main: Node, *keys: str) -> bool:
    found: Node | None = main
    for key in keys[:-1]:
        found = found.get(key) if found else None
    return bool(found and found.has(keys[-1]))


def _text(node: Node | None) -> str:
    return (node.text or "") if node else ""


def _role(person: Node) -> str | None:
    found = person.get("role")
    return found.text if found else None
