"""What a sandbox GitHub holds, and how it is found and numbered."""

from collections.abc import Iterator

from sync_agent.sandbox.github.records import ProjectV2, Raw, Repository, Thread


class Holdings:
    """Everything on one host. `web` is where people would see it. With `quiet_relations`, a dependency or sub-issue
    leaves `updated_at` as it was: GitHub promises neither.
    """

    def __init__(self, web: str = "https://github.test", *, quiet_relations: bool = False) -> None:
        self.web = web
        self.quiet_relations = quiet_relations
        self.repositories: dict[str, dict[int, Thread]] = {}
        self.about: dict[str, Repository] = {}
        self.milestones: dict[tuple[str, str], Raw] = {}
        self.labels: dict[tuple[str, str], Raw] = {}
        self.releases: dict[str, list[Raw]] = {}
        self.deployments: dict[str, list[Raw]] = {}
        self.types: dict[str, Raw] = {}
        self.users: dict[str, Raw] = {}
        self.projects: dict[tuple[str, int], ProjectV2] = {}
        self.reactions: dict[int, dict[tuple[str, str], tuple[int, str]]] = {}
        """By a comment's id: who reacted with what, with the reaction's id and time."""
        self.hidden: set[str] = set()
        self.deleted: set[tuple[str, int]] = set()
        self.moved: dict[tuple[str, int], tuple[str, int]] = {}
        self.renamed: dict[str, str] = {}
        self.edition = 0
        self._number = 1000
        self._highest: dict[str, int] = {}

    def visible(self, repository: str, login: str) -> dict[int, Thread] | None:
        """The issues of a repository; None where there is none, or this user does not see it."""
        about = self.about.get(repository)
        seen = about is not None and repository not in self.hidden and about.seen_by(login)
        return self.repositories[repository] if seen else None

    def threads(self) -> Iterator[Thread]:
        """Everything."""
        return (thread for threads in self.repositories.values() for thread in list(threads.values()))

    def add_thread(self, thread: Thread) -> None:
        """Puts a finished thread in its place."""
        self.repositories[thread.repository][thread.number] = thread
        self._highest[thread.repository] = max(thread.number, self._highest.get(thread.repository, 0))
        self.edition += 1

    def touch(self, thread: Thread, at: str) -> None:
        """Something happened to it; times never go back."""
        thread.record["updated_at"] = max(thread.record["updated_at"], at)
        self.edition += 1

    def label(self, repository: str, name: str) -> Raw:
        """A label, made where there is none of this name yet."""
        if (repository, name) not in self.labels:
            identifier = self.next_id()
            self.labels[repository, name] = {
                "id": identifier, "node_id": f"LA_{identifier}", "name": name, "color": "ededed", "default": False,
                "description": None,
            }  # fmt: skip
        return self.labels[repository, name]

    def type(self, name: str) -> Raw:
        """An issue type, made where there is none of this name yet."""
        if name not in self.types:
            identifier = self.next_id()
            self.types[name] = {
                "id": identifier, "node_id": f"IT_{identifier}", "name": name, "description": None, "color": "gray",
                "is_enabled": True,
            }  # fmt: skip
        return self.types[name]

    def next_id(self) -> int:
        """A database id that was never given out."""
        self._number += 1
        return self._number
