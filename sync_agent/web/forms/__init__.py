"""Pages on which people answer: `/answer/TOKEN`, `/confirm/TOKEN` and `/not-me/TOKEN`. Opening one changes nothing."""

from sync_agent.web.forms.serving import Forms, routes

__all__ = ["Forms", "routes"]
