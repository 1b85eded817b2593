"""What can be configured about a webhook."""

from pydantic import Field

from connectors.http.options import WayOptions, WebAddress
from connectors.options import Secret


class WebhookOptions(WayOptions):
    """One address that takes signed JSON."""

    url: WebAddress = Field(description="Where it is posted, such as https://ops.example.org/goals; no login in it")
    secret: Secret = Field(description="Where the secret is kept that signs it: whsec_… or text of 24 bytes or more")
