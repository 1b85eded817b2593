"""What the GitHub sandbox proves of itself over REST."""

import base64
import json


def proof(issuer: int, lasts: int = 600) -> str:
    claims = json.dumps({"iss": issuer, "iat": 1000, "exp": 1000 + lasts}).encode()
    return f"Bearer head.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.signature"
