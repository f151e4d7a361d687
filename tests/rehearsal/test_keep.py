import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from rehearsal.accounts import Accounts
from rehearsal.keep import PROFILES, end_kept, guide, keep
from rehearsal.processes import Emulator

WHO = "import boto3; print(boto3.Session(profile_name={!r}).client('sts').get_caller_identity()['Arn'])"


def ask(folder: Path, profile: str) -> str:
    """Who a profile is, asked as the guide says: with boto3 and the written file alone."""
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_CONFIG_FILE": str(folder / PROFILES),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    command = [sys.executable, "-c", WHO.format(profile)]
    return subprocess.run(
        command, env=surroundings, capture_output=True, text=True, check=True
    ).stdout.strip()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_kept_emulator_outlives_the_story_until_it_is_ended(tmp_path: Path) -> None:
    with Emulator(tmp_path) as emulator:
        accounts = Accounts(emulator.endpoint)
        iam = accounts.administrator("development", "iam")
        administrator = accounts.people.development_administrator
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": accounts.account_id("development")},
            "Action": "sts:AssumeRole",
        }
        iam.create_role(
            RoleName=administrator.role,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        for person in accounts.everyone:
            accounts.sign_up(person)
        kept = keep(emulator, accounts, tmp_path)
    try:
        assert listens(emulator.port)
        assert ask(tmp_path, "development") == "arn:aws:iam::333333333333:root"
        assert ":assumed-role/administrator/" in ask(tmp_path, administrator.profile)
        assert f"kill {kept.keeper}" in guide(accounts, kept, tmp_path)
        endpoints = re.findall(r"endpoint_url = (.*)", (tmp_path / PROFILES).read_text())
        assert set(endpoints) == {emulator.endpoint}
        assert (tmp_path / PROFILES).stat().st_mode & 0o077 == 0
    finally:
        assert end_kept(tmp_path)
    assert not listens(emulator.port)
    assert not end_kept(tmp_path)


def test_an_id_that_another_process_has_by_now_is_left_alone(tmp_path: Path) -> None:
    other = [os.getpid(), 0.0]
    (tmp_path / "kept.json").write_text(json.dumps({"keeper": other, "emulator": other}))
    assert not end_kept(tmp_path)
    assert not list(tmp_path.iterdir())
