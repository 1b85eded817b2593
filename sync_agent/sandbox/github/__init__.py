"""A GitHub host, REST and GraphQL, over one state."""

from sync_agent.sandbox.github.access import App
from sync_agent.sandbox.github.app import github
from sync_agent.sandbox.github.state import GithubState

__all__ = ["App", "GithubState", "github"]
