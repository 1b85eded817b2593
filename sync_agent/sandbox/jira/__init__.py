"""A Jira, as Cloud or as Data Center, over one state."""

from sync_agent.sandbox.jira.cloud_api import cloud
from sync_agent.sandbox.jira.server_api import data_center
from sync_agent.sandbox.jira.state import JiraState

__all__ = ["JiraState", "cloud", "data_center"]
