"""Whatever the environment and the profiles, no held secret comes out, not even a piece of one."""

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from random import Random
from socket import socket
from string import ascii_letters, ascii_uppercase, digits
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from drift.cli import main
from tests.cli.running import desired, text
from tests.live.services import key, success
from tests.live.wire import Wire, error, http, served

PIECE = 8
"""The longest piece of a secret that may come out by chance."""

ALPHABETS = (ascii_letters, ascii_uppercase + digits, ascii_letters + digits + "+/=._-")
ARN = "acs:ram::1234567890123456:role/drift"
SERVER = "SERVER"
"""What stands for the address of the server on loopback until that is known."""

FILE = "FILE"
"""What stands for the path of a file that holds a secret."""


class Secret(str):
    """A text that nobody may see."""

    __slots__ = ()


def secret(seed: int, alphabet: str) -> Secret:
    random = Random(seed)
    return Secret("".join(random.choice(alphabet) for _ in range(24)))


SECRETS = st.builds(secret, st.integers(0, 2**32), st.sampled_from(ALPHABETS))
OTHERS = st.sampled_from(("", "default", "other", ARN, SERVER, FILE, "/nonexistent", "true", "1"))
VALUES = st.one_of(SECRETS, OTHERS)

VARIABLES = (
    "ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_PROFILE",
    "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_CREDENTIALS_FILE",
    "ALIBABA_CLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_ECS_METADATA", "ALIBABA_CLOUD_IGNORE_PROFILE",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_PROFILE",
    "ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_ROLE_SESSION_NAME", "ALIBABA_CLOUD_STS_ENDPOINT",
    "ALIBABA_CLOUD_STS_REGION", "ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_PROFILE",
    "ALICLOUD_SHARED_CREDENTIALS_FILE", "OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET",
    "OSS_ROLE_ARN", "OSS_SESSION_TOKEN", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE",
)  # fmt: skip
KEYS = (
    ("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"),
    (
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
    ),
)
MODES = (
    "AK", "StsToken", "RamRoleArn", "EcsRamRole", "RsaKeyPair", "RamRoleArnWithRoleName",
    "ChainableRamRoleArn", "External", "CredentialsURI", "OIDC", "CloudSSO", "OAuth", "BearerToken",
)  # fmt: skip
MEMBERS = (
    "access_key_id", "access_key_secret", "sts_token", "sts_region", "sts_endpoint",
    "ram_role_name", "ram_role_arn", "ram_session_name", "external_id", "source_profile",
    "private_key", "key_pair_name", "policy", "process_command", "credentials_uri",
    "oidc_provider_arn",
    "oidc_token_file", "cloud_sso_sign_in_url", "access_token", "cloud_sso_access_config",
    "cloud_sso_account_id", "oauth_access_token", "oauth_site_type",
)  # fmt: skip
ENDS = ("sts_expiration", "cloud_sso_access_token_expire", "oauth_access_token_expire")
TYPES = ("access_key", "ecs_ram_role", "oidc_role_arn", "ram_role_arn", "rsa_key_pair")
FIELDS = (
    "access_key_id", "access_key_secret", "security_token", "role_arn", "role_session_name",
    "policy", "oidc_provider_arn", "oidc_token_file_path", "role_name", "public_key_id",
    "private_key_file",
)  # fmt: skip


class Situation(NamedTuple):
    """Everything in which credentials are looked for."""

    environ: Mapping[str, str]
    profiles: list[dict[str, object]]
    current: str
    section: Mapping[str, str]
    ini: str
    content: str
    """What is in the file that values may name."""
    options: tuple[str, ...]
    answer: int


def _profiles() -> st.SearchStrategy[dict[str, object]]:
    most = {name: st.one_of(SECRETS, SECRETS, OTHERS) for name in MEMBERS}
    ends = {name: st.one_of(st.sampled_from((0, 1, 4_000_000_000)), SECRETS) for name in ENDS}
    mode = st.one_of(st.sampled_from(MODES), st.sampled_from(MODES), SECRETS)
    return st.fixed_dictionaries(
        {"name": st.sampled_from(("default", "other")), "mode": mode}, optional={**most, **ends}
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    environ: dict[str, str] = draw(st.dictionaries(st.sampled_from(VARIABLES), VALUES, max_size=4))
    if draw(st.booleans()):
        environ |= {name: draw(SECRETS) for name in draw(st.sampled_from(KEYS))}
    fields = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, VALUES))
    return Situation(
        environ,
        draw(st.lists(_profiles(), max_size=3)),
        draw(st.one_of(st.sampled_from(("default", "other", "")), SECRETS)),
        {"type": draw(st.one_of(st.sampled_from(TYPES), SECRETS)), **draw(fields)},
        draw(st.sampled_from(("[default]\n", "[other]\n", "", "[default]\n[default]\n"))),
        draw(SECRETS),
        draw(
            st.sampled_from(
                (
                    (),
                    ("--role-arn", ARN),
                    ("--profile", "default"),
                    ("--profile", "other", "--allow-process", "--verbose"),
                )
            )
        ),
        draw(st.integers(0, 9)),
    )


class Stage(NamedTuple):
    """Where a situation is played: a home, and what must not be seen."""

    home: Path
    secrets: list[str]


def answers(held: Sequence[str], new: Sequence[str]) -> list[bytes]:
    """Return what services may answer: new credentials, and what they know in every shape."""
    every = " ".join(held)
    names = (*held, "Throttling.User")
    parts = key(AccessKeyId=new[0], AccessKeySecret=new[1], SecurityToken=new[2])
    session = {**parts, "SessionAccessKeyId": new[0], "SessionAccessKeySecret": new[1]}
    issued = {"Code": "Success", "Credentials": parts, "CloudCredential": parts, **parts}
    errors = [json.dumps({"Code": name, "Message": every}).encode() for name in names]
    return [
        success({**issued, "SessionAccessKey": session}),
        success({**issued, "Credentials": {**parts, "Expiration": every}}),
        success({**issued, "AssumedRoleUser": {"Arn": every}}),
        success({"Message": every, every: every}),
        http(every.encode(), "500 Oops"),
        http(b"", f"403 {every}"),
        http(every.encode()),
        every.encode(),
        *(http(body, "403 Forbidden") for body in errors[-2:]),
    ]


@contextmanager
def staged(situation: Situation) -> Iterator[Stage]:
    """Set a situation up."""
    new = [secret(number, ALPHABETS[0]) for number in (1, 2, 3)]
    held = [*_secrets(situation), *new]
    shapes = answers(held, new)
    chosen = shapes[situation.answer % len(shapes)]

    def talk(_wire: Wire, connection: socket) -> None:
        connection.sendall(chosen)

    with TemporaryDirectory() as folder, served(talk) as server:
        home = Path(folder)
        (home / "a.json").write_text(text(desired()))
        (home / "file").write_text(situation.content)
        real = {SERVER: server.url, FILE: f"{home}/file"}
        profiles = [
            {name: real.get(str(value), value) for name, value in profile.items()}
            for profile in situation.profiles
        ]
        document = {"current": situation.current, "profiles": profiles}
        for name, content in (
            (".aliyun/config.json", json.dumps(document) if profiles else ""),
            (".alibabacloud/credentials.ini", situation.ini + _lines(situation.section, real)),
        ):
            (home / name).parent.mkdir()
            if content:
                (home / name).write_text(content)
        environ = {name: real.get(value, value) for name, value in situation.environ.items()}
        with patch.dict(os.environ, {**_kept(home), **environ}, clear=True):
            yield Stage(home, held)


def _kept(home: Path) -> dict[str, str]:
    """Return an environment from which nothing leads anywhere but to this machine."""
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "ALIBABA_CLOUD_STS_ENDPOINT": "http://127.0.0.1:9",
    }


def _lines(section: Mapping[str, str], real: Mapping[str, str]) -> str:
    return "".join(f"{name} = {real.get(value, value)}\n" for name, value in section.items())


def _secrets(situation: Situation) -> list[str]:
    values = (
        *situation.environ.values(),
        *(value for profile in situation.profiles for value in profile.values()),
        situation.current,
        *situation.section.values(),
        situation.content,
    )
    return [value for value in values if isinstance(value, Secret)]


def ran(stage: Stage, *arguments: str) -> str:
    """Run drift, and return all that it prints, logs and writes."""
    written = StringIO()
    logged = logging.StreamHandler(written)
    logger = logging.getLogger()
    logger.addHandler(logged)
    here = Path.cwd()
    os.chdir(stage.home)
    try:
        with redirect_stdout(written), redirect_stderr(written):
            main([*arguments])
    finally:
        os.chdir(here)
        logger.removeHandler(logged)
    saved = stage.home / "plan.json"
    return written.getvalue() + (saved.read_text() if saved.exists() else "")


def pieces(secrets: list[str]) -> set[str]:
    """Return every piece of a secret that is too long to come out by chance."""
    return {
        secret[start : start + PIECE]
        for secret in secrets
        for start in range(len(secret) - PIECE + 1)
    }


# Without shrinking: each run looks for credentials three times, and that would take minutes.
@settings(max_examples=150, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(situations())
def test_no_piece_of_a_secret_comes_out(situation: Situation) -> None:
    """Nothing that drift prints, logs or saves has eight characters of a secret in a row."""
    with ExitStack() as stack:
        stage = stack.enter_context(staged(situation))
        oss = stack.enter_context(served(error("AccessDenied", "403 Forbidden")))
        stack.enter_context(patch("drift.live.credentials.caller.sleep"))
        once = ("--timeout", "2", "--endpoint", oss.url, *situation.options)
        outputs = [
            ran(stage, "plan", "a.json", "--retries", "0", "--out", "plan.json", *once),
            ran(stage, "doctor", "a.json", "--format", "json", *once),
            ran(stage, "doctor", "a.json", *once),
        ]
        for output in outputs:
            assert output
            assert "Traceback" not in output
            found = {piece for piece in pieces(stage.secrets) if piece in output}
            assert not found, output
