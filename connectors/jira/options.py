"""What can be configured about a Jira site."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from connectors.http.options import HttpOptions, WebAddress
from connectors.options import Counted, Ignored, Options, Secret, StateLabels

ProjectKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class JiraAuth(Options):
    """Cloud: `email` and an API `token`. Data Center: `token` alone, a personal access token."""

    email: str | None = Field(default=None, description="Cloud only: e-mail of the account that the token belongs to")
    token: Secret = Field(description="Where the API token or personal access token is kept")
    expires: date | None = Field(default=None, description="The day on which the token expires; Jira does not tell")


class JiraFields(Options):
    """Names or ids of custom fields, where they are not found by themselves."""

    points: str | None = Field(default=None, description="Estimate in points; default: Story Points")
    epic: str | None = Field(default=None, description="Data Center: Epic Link")
    flagged: str | None = Field(default=None, description="Impediment flag; default: Flagged")
    sprint: str | None = Field(default=None, description="Sprint")


class JiraVisibility(Options):
    """Who may read a comment: the members of one role of the project, or of one group."""

    role: str | None = Field(default=None, min_length=1, description="A role of the project, such as Developers")
    group: str | None = Field(default=None, min_length=1, description="A group of the site")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.role is None) == (self.group is None):
            raise ValueError("give exactly one of role: NAME and group: NAME")
        return self

    @property
    def kind(self) -> Literal["role", "group"]:
        """Which of the two it is."""
        return "role" if self.role else "group"

    @property
    def name(self) -> str:
        """What it is called."""
        return self.role or self.group or ""


class JiraCommentOptions(Options):
    """Who may read what the agent writes into issues."""

    visibility: JiraVisibility | None = Field(default=None, description="`{role: Developers}` or `{group: staff}`")
    internal: bool = Field(default=True, description="On Service Management: hidden from customers")


class JiraLabelField(Options):
    """A field that shows how the goals stand which report on an issue; of the type text or single choice."""

    name: str = Field(description="The field's name or id", min_length=1)
    on_track: str = "On track"
    at_risk: str = "At risk"
    off_track: str = "Off track"
    done: str = "Done"

    @property
    def by_state(self) -> dict[str, str]:
        """As the judgement calls the states: `at risk`."""
        return {name.replace("_", " "): value for name, value in self if name != "name"}


class JiraProblemOptions(Options):
    """Where an issue is opened when a goal is blocked or slips."""

    project: ProjectKey
    type: str = Field(default="Task", description="Its issue type")
    link: str = Field(default="Relates", description="The link type to the goal's issue and the blocked ones")


class JiraLabelOptions(Options):
    """What this site shows of goals besides comments; nothing unless it is said."""

    labels: StateLabels = StateLabels()
    field: JiraLabelField | None = None
    problems: JiraProblemOptions | None = None


class JiraOptions(HttpOptions):
    """A Jira site and the projects in scope."""

    url: WebAddress = Field(description="Address that people open in a browser, such as https://example.atlassian.net")
    auth: JiraAuth
    cloud_id: str | None = Field(default=None, description="For scoped API tokens: go through the api gateway")
    gateway: WebAddress = Field(default="https://api.atlassian.com", description="The api gateway for `cloud_id`")
    projects: Annotated[tuple[ProjectKey, ...], Field(min_length=1)] = Field(
        description="Keys of the projects in scope"
    )
    fields: JiraFields = JiraFields()
    statuses: dict[str, Counted] = Field(
        default_factory=dict, description="Statuses that count otherwise than Jira says"
    )
    resolutions: dict[str, Counted] = Field(
        default_factory=dict, description="What closed issues count as by their resolution, where that is not done"
    )
    overlap: Annotated[float, Field(ge=0)] = Field(
        default=900, description="Seconds that are read again every time, for the search shows edits late"
    )
    blocking_links: tuple[str, ...] = Field(
        default=("is blocked by",), description="Inward names of link types that mean waiting for another issue"
    )
    comments: JiraCommentOptions = Field(
        default=JiraCommentOptions(), description="Who may read the comments: `visibility`, and `internal` (true)"
    )
    ignore: Ignored = Field(default=Ignored(), description="`accounts` of bots, whose edits are no activity")
    marks: JiraLabelOptions = JiraLabelOptions()
