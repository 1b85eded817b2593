"""The sandbox over HTTPS: whom it lets in, and who trusts it."""

import pytest
import requests

from sync_agent.sandbox.certificates import Certificates
from sync_agent.sandbox.core import Clock, Server, Tls
from sync_agent.sandbox.jira import JiraState, data_center


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.make(tmp_path_factory.mktemp("tls"))


def served(tls: Tls) -> Server:
    return Server(data_center(JiraState(), Clock(), token="token", me="ada").app, tls=tls)


def test_only_who_trusts_the_authority_believes_the_server(files: Certificates) -> None:
    with served(Tls(files.server)) as server:
        assert server.url.startswith("https://127.0.0.1:")
        address = f"{server.url}/rest/api/2/serverInfo"
        assert requests.get(address, timeout=5, verify=str(files.authority)).json()["serverTitle"] == "Sandbox"
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(address, timeout=5)


def test_a_server_that_asks_for_certificates_serves_nobody_without_one(files: Certificates) -> None:
    with served(Tls(files.server, clients=files.authority)) as server:
        address, trust = f"{server.url}/rest/api/2/serverInfo", str(files.authority)
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=5, verify=trust)
        assert requests.get(address, timeout=5, verify=trust, cert=str(files.client)).status_code == 200
