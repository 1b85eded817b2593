"""Hooks of Jira Cloud and Data Center: https://developer.atlassian.com/cloud/jira/platform/webhooks/"""

import json
from datetime import UTC, datetime

from connectors.hooks import HookCall, HookHeaders, HookScheme, signed_as

_EVENTS = ("jira:issue_", "comment_", "issuelink_", "sprint_", "jira:version_")


def _read(headers: HookHeaders, body: bytes) -> HookCall:
    try:
        said = json.loads(body)
        event, made = str(said["webhookEvent"]), said.get("timestamp")
        at = datetime.fromtimestamp(made / 1000, UTC) if isinstance(made, int) else None
    except (TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError) as error:
        raise ValueError("not a hook of Jira") from error
    return HookCall(headers.get("X-Atlassian-Webhook-Identifier", ""), event.startswith(_EVENTS), at)


HOOKS = HookScheme(signed_as("X-Hub-Signature"), _read)
