"""Status updates of projects (v2): read, written and edited."""

from collections.abc import Mapping
from typing import Any

from sync_agent.sandbox.github.graphql.limits import Failure
from sync_agent.sandbox.github.graphql.listings import Resolver
from sync_agent.sandbox.github.graphql.scene import Scene
from sync_agent.sandbox.github.records import ProjectV2, Raw, stamp

_FIELDS = {"body": "body", "status": "status", "startDate": "start", "targetDate": "target"}


def _create(scene: Scene, _source: Any, asked: Raw) -> Raw:
    project = scene.node(asked["input"]["projectId"])
    if not isinstance(project, ProjectV2):
        raise Failure("NOT_FOUND", f"Could not resolve to ProjectV2 node with the global id of '{asked}'.")
    _may_write(scene, project)
    at, identifier = stamp(scene.clock.now()), scene.state.next_id()
    update = {"id": f"PVTSU_{identifier}", "board": project, "created": at, "creator": scene.state.users[scene.me]}
    project.updates.append({**dict.fromkeys(_FIELDS.values()), **update})
    return _written(scene, project.updates[-1], asked["input"], at)


def _update(scene: Scene, _source: Any, asked: Raw) -> Raw:
    wanted = asked["input"]["statusUpdateId"]
    updates = (update for project in scene.state.projects.values() for update in project.updates)
    found = next((update for update in updates if update["id"] == wanted), None)
    if found is None:
        raise Failure("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'.")
    _may_write(scene, found["board"])
    return _written(scene, found, asked["input"], stamp(scene.clock.now()))


def _written(scene: Scene, update: Raw, asked: Raw, at: str) -> Raw:
    update |= {own: asked[name] for name, own in _FIELDS.items() if name in asked}
    update["updated"] = update["board"].updated = at
    scene.state.edition += 1
    return {"clientMutationId": asked.get("clientMutationId"), "statusUpdate": update}


def _may_write(scene: Scene, project: ProjectV2) -> None:
    if project.writers is not None and scene.me not in project.writers:
        raise Failure("FORBIDDEN", f"{scene.me} does not have the correct permissions to write to this project")


STATUS: Mapping[str, Mapping[str, Resolver]] = {
    "Mutation": {"createProjectV2StatusUpdate": _create, "updateProjectV2StatusUpdate": _update},
    "ProjectV2StatusUpdate": {
        "id": lambda _scene, update, _asked: update["id"],
        "createdAt": lambda _scene, update, _asked: update["created"],
        "updatedAt": lambda _scene, update, _asked: update["updated"],
        "creator": lambda _scene, update, _asked: update["creator"],
        "project": lambda _scene, update, _asked: update["board"],
        "body": lambda _scene, update, _asked: update["body"],
        "status": lambda _scene, update, _asked: update["status"],
        "startDate": lambda _scene, update, _asked: update["start"],
        "targetDate": lambda _scene, update, _asked: update["target"],
    },
}
