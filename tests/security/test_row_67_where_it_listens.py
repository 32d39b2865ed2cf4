"""Row 67: it listens on this machine alone unless people come by https, and what runs it may do little else."""

import configparser
from pathlib import Path

import outside
import pytest
import yaml
from warm import ROOT

LISTENS = "0A"
HERE = {"0100007F", "00000000000000000000000001000000"}  # 127.0.0.1 and ::1, as the kernel writes them
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def listening(port: int) -> set[str]:
    """Return the addresses somebody listens on at a port, as the kernel writes them."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    return {line[1].partition(":")[0] for line in lines if line[1].endswith(f":{port:04X}") and line[3] == LISTENS}


def test_row_67_without_a_word_it_listens_on_this_machine_alone(product):
    assert "HANDOFF_HOST" not in product.environment
    assert listening(product.port)
    assert listening(product.port) <= HERE


@pytest.mark.sqlite  # refused while settings are read, before any database
@pytest.mark.parametrize("host", ["0.0.0.0", "desk.example.com"])
def test_row_67_a_public_address_with_plain_http_is_refused(product, host):
    for command in ("serve", "web"):
        code, said = product.flask(
            command, environment={"HANDOFF_HOST": host, "HANDOFF_BASE_URL": "http://127.0.0.1:1"}
        )
        assert code != 0
        assert "base_url must be https" in said
        assert "canary" not in said


@pytest.mark.sqlite  # refused while settings are read, before any database
@pytest.mark.parametrize("base_url", ["http://desk.example.com", "http://127.0.0.1.evil.example"])
def test_row_67_plain_http_is_for_this_machine_alone(product, base_url):
    code, said = product.flask("serve", environment={"HANDOFF_BASE_URL": base_url})
    assert code != 0
    assert "https" in said


def test_row_67_with_https_in_front_it_may_listen_elsewhere(settings, warm, server):
    environment = {"HANDOFF_BASE_URL": "https://127.0.0.1", "HANDOFF_HOST": "0.0.0.0"}
    with outside.served(settings, warm, server, **environment) as product:
        assert listening(product.port) == {"00000000"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_row_67_a_unit_takes_rights_away(unit):
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read(unit)
    service = read["Service"]
    assert service["User"] == "handoff"
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["ProtectHome"]) == ("yes", "strict", "yes")
    assert service["CapabilityBoundingSet"] == ""
    assert service["UMask"] == "0077"


def test_row_67_a_container_is_not_root_and_publishes_the_proxy_alone():
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    users = [line.split()[1] for line in dockerfile.splitlines() if line.startswith("USER ")]
    assert users == ["10001:10001"]
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    assert {name for name, service in services.items() if service.get("ports")} == {"caddy"}
    for name in ("web-1", "web-2", "worker-1", "worker-2", "init"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
