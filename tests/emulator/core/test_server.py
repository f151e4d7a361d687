import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from base.places import REPOSITORY
from emulator.core import switches
from rehearsal.processes import Emulator as EmulatorProcess
from tests.emulator.services.test_lambda_runtime import function
from tests.emulator.support import Emulator
from tests.hangs import HANGS


def test_one_port_is_open_on_the_loopback_interface_alone(emulator: Emulator) -> None:
    process = psutil.Process(emulator.process.process_id)
    listening = [each.laddr for each in process.net_connections() if each.status == psutil.CONN_LISTEN]
    assert listening == [(switches.HOST, emulator.process.port)]


def test_nothing_of_the_users_set_up_is_in_its_environment(tmp_path: Path) -> None:
    user = {"AWS_PROFILE": "own", "AWS_SESSION_TOKEN": "own", "HTTPS_PROXY": "http://proxy.example"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in user.items():
            patch.setenv(name, value)
        environment = switches.environment(1, tmp_path)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & environment.keys()
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert environment["HOME"].startswith(str(tmp_path))


def test_another_version_of_ministack_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switches, "version", lambda _: "1.5.20")
    with pytest.raises(
        switches.VersionError, match=r"made for ministack 1\.5\.33, and the environment has 1\.5\.20"
    ):
        switches.check_version()


def test_a_wrong_catalog_is_named_in_sentences(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text("name_prefix: 7\n", encoding="utf-8")
    command = [sys.executable, "-m", "emulator", "--port", "1", "--state", str(tmp_path)]
    done = subprocess.run(
        [*command, "--catalog", str(catalog)], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "name_prefix" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", ["standard-input", "SIGTERM", "SIGINT"])
def test_it_ends_with_everything_that_it_started(tmp_path: Path, how: str, emulator: Emulator) -> None:
    with EmulatorProcess(tmp_path) as process:
        own = Emulator(
            process=process,
            endpoint=process.endpoint,
            region=emulator.region,
            session=type(emulator.session)(process.endpoint, emulator.region),
        )
        own.client("lambda").invoke(FunctionName=function(own), Payload=b"{}")
        server = psutil.Process(process.process_id)
        workers = server.children(recursive=True)
        assert workers
        if how != "standard-input":
            server.send_signal(signal.Signals[how])
            psutil.wait_procs([server], timeout=HANGS)
    _, alive = psutil.wait_procs([server, *workers], timeout=HANGS)
    assert not alive
    with socket.socket() as probe:
        assert probe.connect_ex((switches.HOST, process.port)) != 0
