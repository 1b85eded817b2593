"""Chat and everything else that Apprise reaches: https://github.com/caronc/apprise/wiki."""

from connectors.chat.chat import AppriseChat, installed
from connectors.chat.options import AppriseOptions

__all__ = ["AppriseChat", "AppriseOptions", "installed"]
