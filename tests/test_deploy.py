"""What deploy/ ships is what the product understands: every setting, address and name in it, and its own syntax."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client import CollectorRegistry

from server.config.config import Config
from server.config.settings import RULES
from server.config.sources import variable
from server.processes.workers import LEAVES_WITHIN
from server.watching.gauges import PROCESS, Figures, of_database, of_process
from server.watching.health import WATCHED
from server.watching.metrics import Metrics
from tickets.closing.live import DRAIN

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
SETTINGS = {variable(name): RULES[name] for name in RULES}
SETTING = re.compile(r"\bFRONTDESK_[A-Z_]+\b")
OTHERS = {"FRONTDESK_CONFIG", "FRONTDESK_HOST"}  # the settings' file, and the name that compose is given
FIGURE = re.compile(r"\bfrontdesk_[a-z_]+\b")


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def test_everything_that_the_documents_name_is_there() -> None:
    for page in (ROOT / "docs" / "operations.md", ROOT / "docs" / "scale.md"):
        for named in re.findall(r"\]\(\.\./([a-zA-Z0-9_./-]+)\)", page.read_text()):
            assert (ROOT / named).exists(), f"{page.name} names {named}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_in_it_is_one(path: Path) -> None:
    """A name that nobody knows would stop the start; a secret may come by a file."""
    for name in set(SETTING.findall(path.read_text())) - OTHERS:
        plain = name.removesuffix("_FILE")
        assert plain in SETTINGS, f"{path.name} sets {name}"
        assert name == plain or SETTINGS[plain].secret, f"{path.name}: {plain} is no secret"


def test_what_compose_is_told_in_secret_gets_into_no_commit_and_no_image() -> None:
    """The key and the passwords lay among what `git add` and the image take."""
    (told,) = documents("compose.yaml")
    secret = {(DEPLOY / one["file"]).parent.relative_to(ROOT).as_posix() for one in told["secrets"].values()}
    written = re.findall(r"> (deploy/\S+)", (DEPLOY / "compose.yaml").read_text())
    assert len(told["secrets"]) == len(written)
    assert {"deploy/secrets"} == secret == {Path(name).parent.as_posix() for name in written}
    for folder in secret:
        assert f"/{folder}/" in (ROOT / ".gitignore").read_text().splitlines()
        assert folder in (ROOT / ".dockerignore").read_text().splitlines()


def test_what_compose_sets_is_a_desk_that_can_start(tmp_path: Path) -> None:
    (told,) = documents("compose.yaml")
    desk = told["services"]["desk"]
    given = {
        name: value.replace("${FRONTDESK_HOST}", "desk.example.com") for name, value in desk["environment"].items()
    }
    config = Config.load(env=_with_files(given, tmp_path))

    assert "https://desk.example.com" == config.public_url
    assert config.database.url.startswith("postgresql://")
    assert config.bus.url.startswith("redis://")
    subnets = [net["subnet"] for net in told["networks"]["front"]["ipam"]["config"]]
    assert list(config.server.trusted_proxies) == subnets
    assert {"key", "database_url"} <= set(told["secrets"])
    assert set(desk["secrets"]) <= set(told["secrets"])
    for service in told["services"].values():
        assert set(service.get("networks", [])) <= set(told["networks"])
        assert set(service.get("secrets", [])) <= set(told["secrets"])
    assert "ports" not in desk, "only the proxy is reached from outside"


def test_what_kubernetes_sets_is_a_desk_that_can_start(tmp_path: Path) -> None:
    kinds = {one["kind"]: one for one in documents("kubernetes.yaml")}
    pod = kinds["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    given = {**kinds["ConfigMap"]["data"], **{one["name"]: one["value"] for one in container["env"]}}
    config = Config.load(env=_with_files(given, tmp_path))

    assert config.bus.url.startswith("redis://")
    assert {probe: container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")} == {
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }
    assert "None" == kinds["Service"]["spec"]["sessionAffinity"]
    assert pod["terminationGracePeriodSeconds"] >= 20
    starts = container["startupProbe"]
    assert starts["periodSeconds"] * starts["failureThreshold"] >= 900, "else a long migration is begun again for ever"
    labels = kinds["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert labels == kinds[kind]["spec"]["selector"]["matchLabels"]
    assert labels == kinds["Service"]["spec"]["selector"]
    volumes = {one["name"] for one in pod["volumes"]}
    assert volumes == {one["name"] for one in container["volumeMounts"]}
    for one in documents("kubernetes.yaml"):
        assert {"apiVersion", "kind", "metadata"} <= one.keys()


def test_whoever_stops_a_desk_waits_longer_than_it_takes_to_leave() -> None:
    """Whoever is killed while they say goodbye leaves acknowledgements unsaid and mails in doubt."""
    (compose,) = documents("compose.yaml")
    kinds = {one["kind"]: one for one in documents("kubernetes.yaml")}
    pod = kinds["Deployment"]["spec"]["template"]["spec"]
    before = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    unit = re.search(r"^TimeoutStopSec=(\d+)s$", (DEPLOY / "frontdesk.service").read_text(), re.M)
    assert unit is not None
    patience = [
        int(unit[1]),
        int(compose["services"]["desk"]["stop_grace_period"].removesuffix("s")),
        pod["terminationGracePeriodSeconds"] - before,
    ]
    assert all(DRAIN < LEAVES_WITHIN < seconds for seconds in patience)


def test_figures_and_readiness_are_for_the_inside_on_kubernetes_too() -> None:
    kinds = {one["kind"]: one for one in documents("kubernetes.yaml")}
    (rule,) = kinds["Ingress"]["spec"]["rules"]
    led = {one["path"]: one["backend"]["service"]["name"] for one in rule["http"]["paths"]}
    assert {"/metrics": "nothing", "/readyz": "nothing", "/": "frontdesk"} == led
    timeouts = [value for name, value in kinds["Ingress"]["metadata"]["annotations"].items() if "timeout" in name]
    assert ["75", "75"] == timeouts, "longer than a poll is held"


def _with_files(given: dict[str, str], folder: Path) -> dict[str, str]:
    """With what the secrets would hold."""
    held = {
        "key": "k" * 48,
        "database_url": "postgresql://frontdesk@postgres/frontdesk",
        "bus_url": "redis://redis:6379/0",
    }
    for name, value in given.items():
        if name.endswith("_FILE"):
            kept = folder / Path(value).name
            kept.write_text(held[kept.name])
            given = {**given, name: str(kept)}
    return given


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_passes_sockets_and_polls_and_hides_what_is_for_the_inside(name: str) -> None:
    text = (DEPLOY / name).read_text()
    assert text.count("{") == text.count("}")
    for inside in WATCHED - {"/healthz"}:
        assert re.search(rf"{inside}\b", text)
    assert "X-Request-Id" in text
    assert "75s" in text, "longer than a poll is held (docs/protocol.md)"
    assert not re.search(r"^\s*(ip_hash|sticky|lb_policy (ip_hash|cookie))", text, re.M)
    assert int(re.findall(r"(\d+)(?:m|MB)\b", text)[-1]) > Config().files.largest_mb


def test_nginx_hands_over_who_is_calling_and_the_upgrade() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    for line in (
        "proxy_http_version 1.1;",
        "proxy_set_header Upgrade           $http_upgrade;",
        "proxy_set_header X-Forwarded-For   $proxy_add_x_forwarded_for;",
        "proxy_set_header Host              $host;",
    ):
        assert line in text
    code = re.sub(r"#.*", "", text)
    assert "proxy_next_upstream error timeout;" in code, "a 503 of ours is an answer, with a sentence and a time"
    for statement in (line.strip() for line in code.splitlines() if line.strip()):
        assert statement[-1] in ";{}" or re.match(r"^(''|default)", statement), statement


def test_the_units_of_systemd_are_understood_by_it(tmp_path: Path) -> None:
    """By itself where it is installed: with a program that is there in the place of ours."""
    units = [path for path in FILES if path.suffix in {".service", ".timer"}]
    for unit in units:
        text = unit.read_text()
        assert not re.search(r"^(?!#)[^=\[\n]+$", text, re.M), f"{unit.name} has a line that says nothing"
        (tmp_path / unit.name).write_text(re.sub(r"/opt/frontdesk/bin/frontdesk", "/bin/true", text))
    verify = shutil.which("systemd-analyze")
    if verify:
        words = [verify, "verify", *(str(tmp_path / unit.name) for unit in units)]
        told = subprocess.run(words, capture_output=True, text=True, check=False)
        assert not [line for line in told.stderr.splitlines() if str(tmp_path) in line], told.stderr
    service = (DEPLOY / "frontdesk.service").read_text()
    assert "KillSignal=SIGTERM" in service
    assert "KillMode=mixed" in service, "else its workers are told twice, and its mail reader dies in the middle"
    assert "NoNewPrivileges=yes" in service
    assert "StartLimitIntervalSec=0" in service, "else it stays down where its database comes ten seconds later"


def test_the_image_holds_only_what_is_locked_and_runs_as_nobody() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert "--require-hashes --requirement requirements.lock" in text
    assert re.search("^USER frontdesk$", text, re.M)
    assert 'CMD ["frontdesk", "serve"]' in text
    assert {".git", ".venv", "data"} <= set((ROOT / ".dockerignore").read_text().split())


def test_every_alarm_watches_a_figure_that_there_is() -> None:
    known = set(_figures())
    named = set(FIGURE.findall("\n".join(rule["expr"] for rule in _alarms())))
    assert named
    assert {name for name in named if name.removesuffix("_bucket") not in known} == set()


def test_every_alarm_says_what_to_look_at() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    _, _, table = page.partition("## Alarms")
    assert [rule["alert"] for rule in _alarms()] == re.findall(
        r"^\| `([A-Z]\w+)` \|", table.partition("\n## ")[0], re.M
    )


def _alarms() -> Iterator[dict[str, str]]:
    (told,) = documents("frontdesk-alerts.yml")
    for group in told["groups"]:
        yield from group["rules"]


def _figures() -> Iterator[str]:
    """The names of all figures that a desk can tell, as they are asked for."""
    metrics = Metrics()
    own: dict[str, Any] = {name: {} if label else 0 for name, (_, label) in PROCESS.items()}
    metrics.standing.families = [*of_process(own), *of_database(Figures())]
    assert isinstance(metrics.registry, CollectorRegistry)
    for family in metrics.registry.collect():
        yield f"{family.name}_total" if family.type == "counter" else family.name


def test_the_table_of_figures_is_the_list_of_figures() -> None:
    """docs/operations.md names every figure, and none that there is not."""
    page = (ROOT / "docs" / "operations.md").read_text()
    written = set(re.findall(r"^\| `((?:frontdesk|process)_[a-z_]+)", page, re.M))
    assert written == set(_figures())


@pytest.mark.faults
def test_nginx_and_caddy_take_their_files(tmp_path: Path) -> None:
    """Where they are installed, or can be fetched from the system's own packages."""
    found = _programs(tmp_path, "nginx", "caddy")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=desk.example.com"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/frontdesk", str(tmp_path))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    whole = f"events {{}}\npid {tmp_path}/pid;\nhttp {{\naccess_log off;\n{paths}{site}}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    tried = [
        [found["nginx"], "-t", "-e", str(tmp_path / "errors"), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        [found["caddy"], "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")],
    ]
    for words in tried:
        told = subprocess.run(
            words, capture_output=True, text=True, check=False, env={"FRONTDESK_HOST": "desk.example"}
        )
        assert told.returncode == 0, told.stderr


def _programs(folder: Path, *names: str) -> dict[str, str]:
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        subprocess.run(["apt-get", "download", "-q", *missing], cwd=folder, check=True, capture_output=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(package), str(folder / "unpacked")], check=True)
    unpacked = {path.name: str(path) for path in (folder / "unpacked").glob("usr/*bin/*")}
    return {name: shutil.which(name) or unpacked[name] for name in names}
