"""How KPIs are read over HTTP."""

from pathlib import Path

from pydantic import Field

from connectors.options import Options, Seconds


class KpiOptions(Options):
    """For all KPIs of the configuration. Proxies come from the usual environment variables (HTTPS_PROXY, NO_PROXY)."""

    hosts: tuple[str, ...] | None = Field(
        default=None,
        description="The only hosts that are asked, and to which tokens are sent: metrics.example.org, *.example.org",
    )
    timeout: Seconds = Field(default=30, description="Seconds to wait for a connection and for an answer")
    max_bytes: int = Field(default=5_000_000, ge=1, description="The largest answer that is read")
    ca_bundle: Path | None = Field(default=None, description="File with the certificates to trust")

    def allows(self, host: str) -> bool:
        """Whether a host may be asked."""
        return self.hosts is None or any(covers(pattern, host) for pattern in self.hosts)


def covers(pattern: str, host: str) -> bool:
    """`*.example.org` covers every name below example.org, not example.org itself."""
    wanted, found = pattern.casefold(), host.casefold()
    return found.endswith(wanted[1:]) if wanted.startswith("*.") else found == wanted
