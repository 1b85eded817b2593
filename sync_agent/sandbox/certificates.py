"""Certificates that live as long as a test: an authority of its own, a server's and a client's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import trustme


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM form. `authority` is what a client has to trust; `server` and `client` hold a key and the
    certificate that the authority gave for it.
    """

    authority: Path
    server: Path
    client: Path

    @classmethod
    def make(cls, folder: Path) -> Self:
        """New ones in `folder`; the server's is good for localhost and 127.0.0.1."""
        made = cls(folder / "authority.pem", folder / "server.pem", folder / "client.pem")
        authority = trustme.CA()
        authority.cert_pem.write_to_path(made.authority)
        authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(made.server)
        authority.issue_cert("agent@example.org").private_key_and_cert_chain_pem.write_to_path(made.client)
        return made
