"""Chat and everything else that Apprise reaches: https://github.com/caronc/apprise/wiki."""

from connectors.apprise.chat import AppriseChat, installed
from connectors.apprise.options import AppriseOptions

__all__ = ["AppriseChat", "AppriseOptions", "installed"]
