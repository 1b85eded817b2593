"""What can be configured about a chat."""

from pydantic import Field

from connectors.options import Options, Secret


class AppriseOptions(Options):
    """One room, channel or person that Apprise reaches by its own kind of address."""

    url: Secret = Field(description="Where the Apprise URL is kept, such as slack://…; it holds a secret")
