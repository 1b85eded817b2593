"""What can be configured about a GitHub host."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from connectors.github.endings import Ending, Endings
from connectors.http.options import HttpOptions, WebAddress
from connectors.options import Counted, Ignored, Options, Secret, StateLabels
from connectors.reading.names import fold
from sync_agent.model import StatusCategory

Repository = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.*-]+$")]


class GithubApp(Options):
    """A GitHub App and its installation in the organisation."""

    id: int = Field(description="The App's id")
    installation: int = Field(description="The installation's id, the number in its settings' address")
    private_key: Secret = Field(description="Where the App's private key (PEM) is kept")


class GithubAuth(Options):
    """Exactly one of a token and an App."""

    token: Secret | None = Field(default=None, description="Where a personal access token is kept")
    app: GithubApp | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.token is None) == (self.app is None):
            raise ValueError("give exactly one of token: and app:")
        return self


class ProjectStatus(Options):
    """The project's field for the status, and what its options mean."""

    field: str = Field(default="Status", min_length=1, description="Name of a single select field")
    todo: tuple[str, ...] = Field(default=(), description="Options that mean not begun")
    doing: tuple[str, ...] = Field(default=(), description="Options that mean in progress")
    done: tuple[str, ...] = Field(default=(), description="Options that mean done, though the issue may be open")
    cancelled: tuple[str, ...] = Field(default=(), description="Options that mean cancelled, however it was closed")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        options = [fold(option) for _, names in self.meant for option in names]
        twice = sorted({option for option in options if options.count(option) > 1})
        if twice:
            raise ValueError(f"an option has one meaning; given twice: {', '.join(twice)}")
        if not options:
            raise ValueError("say what the options mean: todo: [...], doing: [...], done: [...], cancelled: [...]")
        return self

    @property
    def meant(self) -> tuple[tuple[StatusCategory, tuple[str, ...]], ...]:
        """The options by what they mean."""
        return tuple((category, getattr(self, category.value)) for category in StatusCategory)


class GithubProject(Options):
    """A project (v2) whose fields tell what the issues themselves do not. Each is the name of a field there."""

    owner: Annotated[str, Field(pattern=r"^[\w.-]+$")] = Field(description="The organisation or user that owns it")
    number: int = Field(ge=1, description="The project's number, from its address")
    status: ProjectStatus | None = None
    points: str | None = Field(default=None, description="A number field: the estimate in points")
    start: str | None = Field(default=None, description="A date field: when work is to begin")
    target: str | None = Field(default=None, description="A date field: when it is due")
    iteration: str | None = Field(default=None, description="An iteration field; its title counts as a sprint")

    @property
    def name(self) -> str:
        """How people call it: `acme/4`."""
        return f"{self.owner}/{self.number}"

    @property
    def fields(self) -> dict[str, str]:
        """What is read, by its meaning: the names of the project's fields."""
        named = {"points": self.points, "start": self.start, "target": self.target, "iteration": self.iteration}
        status = self.status.field if self.status else None
        return {meaning: name for meaning, name in {"status": status, **named}.items() if name}


class GithubProblemOptions(Options):
    """Where an issue is opened when a goal is blocked or slips."""

    repository: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")] = Field(description="As owner/name")


class GithubProjectStatus(Options):
    """A project (v2) that reports how goals stand."""

    owner: Annotated[str, Field(pattern=r"^[\w.-]+$")] = Field(description="The organisation or user that owns it")
    number: int = Field(ge=1, description="The project's number, from its address")
    goals: Annotated[tuple[str, ...], Field(min_length=1)] = Field(description="The goals that it follows; worst first")

    @property
    def name(self) -> str:
        """How people call it: `acme/4`."""
        return f"{self.owner}/{self.number}"


class GithubLabelOptions(Options):
    """What this host shows of goals besides comments; nothing unless it is said."""

    labels: StateLabels = StateLabels()
    create_labels: bool = Field(default=False, description="Whether labels that a repository lacks are created there")
    problems: GithubProblemOptions | None = None
    projects: tuple[GithubProjectStatus, ...] = Field(default=(), description="Projects (v2) that report a status")


class GithubOptions(HttpOptions):
    """A GitHub host and the repositories in scope."""

    url: WebAddress = Field(
        default="https://api.github.com", description="https://api.github.com, or https://HOST/api/v3"
    )
    auth: GithubAuth
    overlap: Annotated[float, Field(ge=0)] = Field(
        default=300, description="Seconds that are read again every time, for a list may show an edit late"
    )
    repositories: Annotated[tuple[Repository, ...], Field(min_length=1)] = Field(
        description="As owner/name; `*` stands for any part of a name"
    )
    project: GithubProject | None = Field(
        default=None, description="A project (v2) whose fields give status, points, dates and iteration"
    )
    resolutions: dict[Ending, Counted] = Field(
        default_factory=dict,
        description="What closed work counts as, where completed and merged are not done; or not_planned, duplicate, "
        "declined (a pull request that was not merged) not cancelled",
    )
    ignore: Ignored = Field(default=Ignored(), description="`accounts` of bots, whose edits are no activity")
    private_titles: bool = Field(
        default=False, description="Whether messages have titles of items of private repositories, or their keys alone"
    )
    marks: GithubLabelOptions = GithubLabelOptions()

    @property
    def endings(self) -> Endings:
        """What endings count as, where it is said."""
        return {ending: StatusCategory(word) for ending, word in self.resolutions.items()}
