"""What is in deploy/, the Dockerfile and the lists of packages fits together, and with the agent."""

import re
import shutil
import subprocess
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.agents.daemons import daemon
from tests.support.theatre import theatre

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def manifests() -> dict[str, dict[str, Any]]:
    files = [*ROOT.glob("deploy/kubernetes*.yaml")]
    return {each["kind"]: each for file in files for each in yaml.safe_load_all(file.read_text())}


def pod() -> dict[str, Any]:
    found: dict[str, Any] = manifests()["Deployment"]["spec"]["template"]
    return found


def pinned(name: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text()))


def test_the_manifest_mounts_what_it_has_where_the_image_looks() -> None:
    (container,) = pod()["spec"]["containers"]
    mounts = {each["name"]: each for each in container["volumeMounts"]}
    assert mounts.keys() == {each["name"] for each in pod()["spec"]["volumes"]}
    assert not any("subPath" in each for each in mounts.values()), "such mounts are never updated"
    assert "SYNC_AGENT_CONFIG=/etc/sync-agent" in DOCKERFILE
    assert "ln -s settings/sync-agent.yaml /etc/sync-agent/sync-agent.yaml" in DOCKERFILE
    assert (mounts["config"]["mountPath"], mounts["goals"]["mountPath"]) == (
        "/etc/sync-agent/settings",
        "/etc/sync-agent/goals",
    )
    assert f"USER {pod()['spec']['securityContext']['runAsUser']}:" in DOCKERFILE


def test_service_ingress_and_policy_lead_to_the_port_that_serves() -> None:
    found, (container,) = manifests(), pod()["spec"]["containers"]
    (port,) = container["ports"]
    labels = pod()["metadata"]["labels"]
    assert found["Service"]["spec"]["selector"] == labels
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    assert found["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    assert found["NetworkPolicy"]["spec"]["ingress"][0]["ports"][0]["port"] == port["name"]
    (way,) = found["Ingress"]["spec"]["rules"][0]["http"]["paths"]
    assert way["backend"]["service"] == {"name": found["Service"]["metadata"]["name"], "port": {"name": "http"}}
    assert {container[probe]["httpGet"]["path"] for probe in ("readinessProbe", "livenessProbe")} == {
        "/readyz",
        "/healthz",
    }


def test_a_changed_config_map_is_taken_over(tmp_path: Path) -> None:
    """Kubernetes swaps a link to the folder with the files."""
    with theatre(tmp_path) as stage:
        running, main = daemon(stage), stage.directory / "sync-agent.yaml"
        settings = stage.directory / "settings"
        for number in (1, 2):
            (settings / f"..{number}").mkdir(parents=True)
            text = main.read_text().replace("organisation: Acme", f"organisation: Acme {number}")
            (settings / f"..{number}" / "sync-agent.yaml").write_text(text)
        (settings / "..data").symlink_to("..1")
        (settings / "sync-agent.yaml").symlink_to("..data/sync-agent.yaml")
        main.unlink()
        main.symlink_to("settings/sync-agent.yaml")
        for number in (1, 2):
            (settings / "..data_tmp").symlink_to(f"..{number}")
            (settings / "..data_tmp").rename(settings / "..data")
            stage.clock.advance(timedelta(minutes=15))
            running.cycle()
            assert running.snapshot.config_mistakes == ()
            assert running.snapshot.organisation is not None
            assert running.snapshot.organisation.name == f"Acme {number}"


def test_nothing_publishes_the_pages_beyond_the_machine() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    assert compose["services"]["goal-sync-agent"]["ports"] == ["127.0.0.1:8080:8080"]
    published = re.findall(r"-p (\S+)", (ROOT / "README.md").read_text())
    assert published
    assert all(each.startswith("127.0.0.1:") for each in published)


def test_the_image_has_what_the_agent_needs_and_not_the_sandbox() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    image, every = pinned("requirements-image.lock"), pinned("requirements.lock")
    assert image.items() <= every.items(), "of the same versions as everywhere"

    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[\[<>=,]", each)[0].casefold() for each in wanted}

    extras = project["optional-dependencies"]
    assert names([*project["dependencies"], *extras["postgresql"], *extras["apprise"]]) <= image.keys()
    assert image.keys().isdisjoint(names(extras["sandbox"]))
    assert "requirements-image.lock" in DOCKERFILE


def test_every_package_has_its_licence_listed() -> None:
    listed = re.findall(r"(?m)^\| ([a-z0-9-]+) \| ", (ROOT / "docs" / "licences.md").read_text())
    assert [name for name in listed if name != "package"] == list(pinned("requirements.lock"))


def test_the_unit_of_systemd_is_sound(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze")
    text = (ROOT / "deploy" / "systemd" / "sync-agent.service").read_text()
    unit = tmp_path / "sync-agent.service"
    unit.write_text(text.replace("/opt/sync-agent/bin/sync-agent", "/bin/true").replace("User=sync-agent", "User=root"))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
