"""Leave the emulator running after the story, and say how to look around and how to end it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from rehearsal.accounts import Accounts, Credentials, administrator_credentials
from rehearsal.processes import END_SECONDS, Emulator, end_group

KEEPER = "import signal; signal.pause()"
KEPT = "kept.json"
PROFILES = "aws-config"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An emulator that outlived its rehearsal.

    Attributes:
        keeper: The process that keeps it alive; it ends with it.
        emulator: The emulator's process.
    """

    keeper: int
    emulator: int


def keep(emulator: Emulator, accounts: Accounts, folder: Path) -> Kept:
    """Hand the emulator's life line to a process that waits for a signal, and write AWS profiles.

    Args:
        emulator: The running emulator.
        accounts: The accounts and people of the story.
        folder: The report folder.
    """
    keeper = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", KEEPER],
        pass_fds=(emulator.life_line,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    kept = Kept(keeper=keeper.pid, emulator=emulator.process_id)
    (folder / KEPT).write_text(
        json.dumps({"keeper": _identity(kept.keeper), "emulator": _identity(kept.emulator)}), encoding="utf-8"
    )
    _write_profiles(accounts, folder / PROFILES)
    emulator.release()
    return kept


def end_kept(folder: Path) -> bool:
    """End an emulator that an earlier rehearsal left running, and wait for its end.

    Args:
        folder: The report folder.

    Returns:
        Whether there was one.
    """
    path = folder / KEPT
    if not path.exists():
        return False
    identities = json.loads(path.read_text(encoding="utf-8"))
    keeper, emulator = (_find(identities[name]) for name in ("keeper", "emulator"))
    if keeper is not None:
        keeper.kill()
    if emulator is not None:
        _, alive = psutil.wait_procs([emulator], timeout=END_SECONDS)
        for process in alive:
            end_group(process.pid)
    path.unlink()
    return keeper is not None or emulator is not None


def guide(accounts: Accounts, kept: Kept, folder: Path) -> str:
    """Return how to look around and how to stop.

    Args:
        accounts: The accounts and people of the story.
        kept: The emulator.
        folder: The report folder.
    """
    profiles = folder / PROFILES
    people = ", ".join(person.profile for person in accounts.everyone)
    return f"""\
The emulator keeps running at {accounts.session.endpoint}. Look around as anyone in the story:

  export AWS_CONFIG_FILE={profiles} AWS_SHARED_CREDENTIALS_FILE={os.devnull}
  aws --profile {accounts.people.ml_engineer.profile} sagemaker list-model-package-groups
  python -c "import boto3; s = boto3.Session(profile_name='{accounts.people.data_scientist.profile}'); \
print(s.client('sagemaker').list_projects())"

Profiles: {people};
and the administrator of each account: {", ".join(accounts.keys)}.
End it with: kill {kept.keeper}
"""


def _write_profiles(accounts: Accounts, path: Path) -> None:
    """Write a configuration file of the AWS CLI that knows this emulator and nobody's own credentials."""
    sections: list[str] = []
    common = [f"region = {accounts.settings.region}", f"endpoint_url = {accounts.session.endpoint}"]
    common += ["s3 =", "  addressing_style = path"]
    for account in accounts.keys:
        keys = _keys(administrator_credentials(accounts.account_id(account)))
        sections += [f"[profile {account}]", *keys, *common, ""]
    for person in accounts.everyone:
        keys = _keys(accounts.identity(person))
        sections += [f"[profile sign-in-{person.profile}]", *keys, *common, ""]
        role = [f"role_arn = {accounts.role_arn(person)}", f"source_profile = sign-in-{person.profile}"]
        sections += [f"[profile {person.profile}]", *role, *common, ""]
    path.write_text("\n".join(sections), encoding="utf-8")
    path.chmod(0o600)


def _keys(credentials: Credentials) -> list[str]:
    return [
        f"aws_access_key_id = {credentials.access_key_id}",
        f"aws_secret_access_key = {credentials.secret_access_key}",
    ]


def _identity(process_id: int) -> list[float]:
    """A process id with its time of creation, which no later process of the same id has."""
    return [process_id, psutil.Process(process_id).create_time()]


def _find(identity: list[float]) -> psutil.Process | None:
    try:
        process = psutil.Process(int(identity[0]))
        return process if process.create_time() == identity[1] else None
    except psutil.NoSuchProcess:
        return None
