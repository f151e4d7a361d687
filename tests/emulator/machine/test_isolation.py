import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from emulator.machine.isolation import LoopbackSession, NotLoopbackError, check_loopback, clean_environment


class Identity(BaseHTTPRequestHandler):
    """Answers GetCallerIdentity, and sends a request for an object on to somebody else."""

    def do_POST(self) -> None:
        body = (
            b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111111111111</Account>"
            b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Identity)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def hostile_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own AWS set-up, all of which would break or redirect a client that reads it."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text(
        "[default]\nendpoint_url = http://192.0.2.1\nregion = us-gov-west-1\n[[broken"
    )
    (folder / "credentials").write_text("[default\nno credentials")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in {
        "AWS_PROFILE": "absent",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_ENDPOINT_URL": "http://192.0.2.1",
        "AWS_ENDPOINT_URL_STS": "http://192.0.2.1",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_CA_BUNDLE": "/absent",
        "AWS_DATA_PATH": str(tmp_path),
        "HTTP_PROXY": "http://192.0.2.1:3128",
        "http_proxy": "http://192.0.2.1:3128",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_clients_ignore_the_users_configuration(endpoint: str, hostile_surroundings: Path) -> None:
    client = LoopbackSession(endpoint, "eu-west-1").client("sts", "111111111111", "secret", None)
    assert client.meta.region_name == "eu-west-1"
    assert client.get_caller_identity()["Account"] == "111111111111"


def test_child_processes_inherit_nothing_of_aws(hostile_surroundings: Path) -> None:
    environment = clean_environment(hostile_surroundings / "home", {"AWS_REGION": "eu-west-1"})
    assert environment["HOME"] == str(hostile_surroundings / "home")
    assert {name for name in environment if name.upper().startswith("AWS_")} == {
        "AWS_REGION",
        "AWS_EC2_METADATA_DISABLED",
    }
    assert not [name for name in environment if "PROXY" in name.upper()]


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566", "http://127.9.9.9", "http://[::1]:80/path"])
def test_loopback_is_accepted(url: str) -> None:
    assert check_loopback(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://sts.amazonaws.com",
        "http://localhost:4566",
        "http://0.0.0.0:4566",
        "http://192.168.0.1",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "not a url",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(NotLoopbackError):
        check_loopback(url)
    with pytest.raises(NotLoopbackError):
        LoopbackSession(url, "eu-west-1")


def test_a_request_that_turns_elsewhere_is_not_sent(endpoint: str) -> None:
    client = LoopbackSession(endpoint, "eu-west-1").client("sts", "111111111111", "secret", None)

    def turn(request: object, **_: object) -> None:
        request.url = "http://192.0.2.1/"  # type: ignore[attr-defined]

    client.meta.events.register_first("before-sign.sts", turn)
    with pytest.raises(NotLoopbackError):
        client.get_caller_identity()
