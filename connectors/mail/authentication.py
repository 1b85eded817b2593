"""Whether a domain vouches for a mail, as our own mail server has found.

RFC 8601: a server writes its findings on top of what it hands on. Whatever stands below may be the sender's invention,
so only the topmost header counts, and only if it is of the server that the configuration names.
"""

import authres

_LONGEST = 4_000


def is_aligned(topmost: str, server: str, sender: str) -> bool:
    """Whether `server` says, in this Authentication-Results header, that the domain of the address `sender` vouches for
    the mail: by DMARC, or by a DKIM signature of the domain itself or of one above it (RFC 7489, 3.1).
    """
    domain = sender.rpartition("@")[2].casefold()
    if not domain or not server or len(topmost) > _LONGEST:
        return False
    try:
        header = authres.all_features().parse_value(" ".join(topmost.split()))
    except (authres.AuthResError, ValueError):
        return False
    if (header.authserv_id or "").casefold() != server.casefold():
        return False
    return any(_vouches(result, domain) for result in header.results)


def _vouches(result: authres.AuthenticationResult, domain: str) -> bool:
    if getattr(result, "result", None) != "pass":
        return False
    named = {f"{each.type}.{each.name}": str(each.value or "").casefold() for each in result.properties}
    if result.method == "dmarc":
        return named.get("header.from") == domain
    if result.method != "dkim":
        return False
    signer = named.get("header.d") or named.get("header.i", "").rpartition("@")[2]
    return signer == domain or ("." in signer and domain.endswith(f".{signer}"))
