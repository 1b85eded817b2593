"""What GraphQL's fields mean on projects (v2). Their items have one order only, by hand, and no filter for times."""

from collections.abc import Mapping

from sync_agent.sandbox.github.graphql.limits import Failure
from sync_agent.sandbox.github.graphql.listings import Resolver, listed
from sync_agent.sandbox.github.graphql.scene import Scene
from sync_agent.sandbox.github.records import Card, ProjectV2, Raw, Thread


def of_owner(scene: Scene, owner: Raw, asked: Raw) -> ProjectV2:
    """The project of an organisation or user by its number."""
    found = scene.state.projects.get((owner["login"], asked["number"]))
    if found is None or found.hidden:
        raise Failure("NOT_FOUND", f"Could not resolve to a ProjectV2 with the number {asked['number']}.")
    return found


def _cards_of(_scene: Scene, thread: Thread, asked: Raw) -> list[Card]:
    cards = (project.card(thread) for project in _scene.state.projects.values() if not project.hidden)
    archived = asked.get("includeArchived") is not False
    return [card for card in cards if card and (archived or not card.archived)]


def cards_of(scene: Scene, thread: Thread, asked: Raw) -> Raw:
    """The project items of an issue or pull request."""
    bounds = {name: value for name, value in asked.items() if name != "includeArchived"}
    found: Raw = listed("projectItems", lambda _scene, t: _cards_of(scene, t, asked))(scene, thread, bounds)
    return found


def _items(scene: Scene, project: ProjectV2, asked: Raw) -> Raw:
    """By position. A `query` that GitHub's filters do not know, such as one for times, filters nothing."""
    states = asked.get("archivedStates") or ["NOT_ARCHIVED"]
    bounds = {name: asked.get(name) for name in ("after", "before", "first", "last")}
    wanted = [card for card in project.cards if ("ARCHIVED" if card.archived else "NOT_ARCHIVED") in states]
    found: Raw = listed("items", lambda _scene, _project: wanted)(scene, project, bounds)
    return found


def _field(_scene: Scene, project: ProjectV2, asked: Raw) -> Raw | None:
    name = asked["name"]
    kind = project.fields.get(name)
    return None if kind is None else {"id": f"PVTF_{name}", "name": name, "kind": kind}


def _value(_scene: Scene, card: Card, asked: Raw) -> Raw | None:
    name = asked["name"]
    if name not in card.values:
        return None
    value, at = card.values[name]
    return {"kind": card.project.fields[name], "value": value, "at": at, "id": f"{card.id}_{name}"}


def _of_iteration(name: str) -> Resolver:
    return lambda _scene, value, _asked: value["value"][name]


_VALUE: Mapping[str, Resolver] = {
    "id": lambda _scene, value, _asked: value["id"],
    "updatedAt": lambda _scene, value, _asked: value["at"],
    **dict.fromkeys(("date", "number", "name", "text"), lambda _scene, value, _asked: value["value"]),
}
_CONFIGURED: Mapping[str, Resolver] = {
    "id": lambda _scene, found, _asked: found["id"],
    "name": lambda _scene, found, _asked: found["name"],
    "dataType": lambda _scene, found, _asked: (
        "SINGLE_SELECT" if isinstance(found["kind"], list) else found["kind"].upper()
    ),
    "options": lambda _scene, found, _asked: [{"id": name, "name": name} for name in found["kind"]],
}
_EVENT: Mapping[str, Resolver] = {
    "id": lambda _scene, event, _asked: event["node_id"],
    "createdAt": lambda _scene, event, _asked: event["created_at"],
    "actor": lambda _scene, event, _asked: event["actor"],
    "project": lambda _scene, event, _asked: None if event["board"].hidden else event["board"],
    "previousStatus": lambda _scene, event, _asked: event["previous_status"],
    "status": lambda _scene, event, _asked: event["status"],
}

PROJECTS: Mapping[str, Mapping[str, Resolver]] = {
    "ProjectV2": {
        "id": lambda _scene, project, _asked: project.id,
        "number": lambda _scene, project, _asked: project.number,
        "title": lambda _scene, project, _asked: f"ProjectV2 {project.number}",
        "updatedAt": lambda _scene, project, _asked: project.updated,
        "url": lambda scene, project, _asked: f"{scene.state.web}/orgs/{project.owner}/projects/{project.number}",
        "field": _field,
        "items": _items,
        "statusUpdates": listed("statusUpdates", lambda _scene, project: project.updates[::-1]),  # Newest first.
        "viewerCanUpdate": lambda scene, project, _asked: project.writers is None or scene.me in project.writers,
    },
    "ProjectV2Item": {
        "id": lambda _scene, card, _asked: card.id,
        "updatedAt": lambda _scene, card, _asked: card.updated,
        "isArchived": lambda _scene, card, _asked: card.archived,
        "project": lambda _scene, card, _asked: card.project,
        "content": lambda scene, card, _asked: card.thread if scene.sees(card.thread) else None,
        "fieldValueByName": _value,
    },
    **dict.fromkeys(("ProjectV2Field", "ProjectV2IterationField", "ProjectV2SingleSelectField"), _CONFIGURED),
    "ProjectV2SingleSelectFieldOption": {
        "id": lambda _scene, option, _asked: option["id"],
        "name": lambda _scene, option, _asked: option["name"],
    },
    **{f"ProjectV2ItemField{kind}Value": _VALUE for kind in ("Date", "Number", "SingleSelect", "Text")},
    "ProjectV2ItemFieldIterationValue": {
        **_VALUE,
        "iterationId": lambda _scene, value, _asked: value["value"]["title"],
        **{name: _of_iteration(name) for name in ("title", "startDate", "duration")},
    },
    **dict.fromkeys(("AddedToProjectV2Event", "RemovedFromProjectV2Event", "ProjectV2ItemStatusChangedEvent"), _EVENT),
}
