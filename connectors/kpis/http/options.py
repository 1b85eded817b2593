"""How KPIs are read over HTTP."""

from pydantic import Field

from connectors.http.options import WayOptions


class KpiOptions(WayOptions):
    """For all KPIs of the configuration."""

    hosts: tuple[str, ...] | None = Field(
        default=None,
        description="The only hosts that are asked, and to which tokens are sent: metrics.example.org, *.example.org",
    )
    max_bytes: int = Field(default=5_000_000, ge=1, description="The largest answer that is read")

    def allows(self, host: str) -> bool:
        """Whether a host may be asked."""
        return self.hosts is None or any(covers(pattern, host) for pattern in self.hosts)


def covers(pattern: str, host: str) -> bool:
    """`*.example.org` covers every name below example.org, not example.org itself."""
    wanted, found = pattern.casefold(), host.casefold()
    return found.endswith(wanted[1:]) if wanted.startswith("*.") else found == wanted
