"""Hooks of GitHub: https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers"""

from connectors.hooks import HookCall, HookHeaders, HookScheme, signed_as

_EVENTS = frozenset({
    "issues", "issue_comment", "sub_issues", "issue_dependencies", "pull_request", "pull_request_review", "milestone",
    "projects_v2_item", "release", "deployment_status",
})  # fmt: skip


def _read(headers: HookHeaders, _body: bytes) -> HookCall:
    """GitHub says nowhere when it made a hook."""
    return HookCall(headers.get("X-GitHub-Delivery", ""), headers.get("X-GitHub-Event", "") in _EVENTS)


HOOKS = HookScheme(signed_as("X-Hub-Signature-256"), _read)
