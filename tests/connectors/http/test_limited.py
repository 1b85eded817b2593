"""A refusal about pace is waited for; one about permission is not."""

import pytest

from connectors.http.policy import Response, limited


@pytest.mark.parametrize(
    ("status", "text", "pace"),
    [
        (403, "You have exceeded a secondary rate limit", True),
        (403, "You have triggered an abuse detection mechanism", True),
        (422, '{"message": "Validation Failed", "errors": [{"message": "was submitted too quickly"}]}', True),
        (422, '{"message": "Validation Failed"}', False),
        (403, "Resource not accessible by personal access token", False),
    ],
)
def test_a_refusal_about_pace_is_told_from_one_about_permission(status: int, text: str, pace: bool) -> None:
    assert limited(Response(status, {}, text)) is pace
