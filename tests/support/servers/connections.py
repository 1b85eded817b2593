"""Places that speak HTTP."""

from sync_agent.model import Place

BODY = '{"type": "doc", "version": 1, "content": []}'

PLACES = {"jira": Place("jira", "SHOP-1"), "github": Place("github", "acme/shop#1")}
