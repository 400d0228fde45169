"""Which source the credentials come from, and what is said where one cannot be used."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from drift.errors import CredentialsError
from drift.live.credentials import Credentials, Fixed, Search, find

OSS = {"OSS_ACCESS_KEY_ID": "oss-id", "OSS_ACCESS_KEY_SECRET": "oss-secret"}
ALIBABA = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "env-id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "env-secret"}
OFF = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
KEY = {"access_key_id": "cli-id", "access_key_secret": "cli-secret"}
CONFIG = "~/.aliyun/config.json"
INI = (
    "[default]\ntype = access_key\naccess_key_id = ini-id\naccess_key_secret = ini%secret # mine\n"
)


@pytest.fixture
def config(folder: Path) -> Callable[..., Path]:
    """Write the CLI's file; the first profile is the current one."""

    def write(*profiles: Mapping[str, object], content: object = None) -> Path:
        path = folder / ".aliyun" / "config.json"
        path.parent.mkdir(exist_ok=True)
        named = [{"name": "default", **profile} for profile in profiles]
        document = {"current": named[0]["name"], "profiles": named} if named else content
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    return write


@pytest.fixture
def ini(folder: Path) -> Callable[[str], Path]:
    """Write the credentials file of the libraries."""

    def write(text: str) -> Path:
        path = folder / ".alibabacloud" / "credentials.ini"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return write


@pytest.fixture
def found(folder: Path) -> Callable[..., tuple[str, str]]:
    """Look for credentials, and return where they were found, and the id of the key."""

    def look(environ: Mapping[str, str] = OFF, **options: Any) -> tuple[str, str]:
        provider = find(Search({"HOME": str(folder), **OFF, **environ}, **options))
        return provider.name, provider.credentials().key_id

    return look


@pytest.fixture
def refused(found: Callable[..., object]) -> Callable[..., CredentialsError]:
    """Look for credentials that cannot be used, and return the error."""

    def look(*arguments: object, **options: Any) -> CredentialsError:
        with pytest.raises(CredentialsError) as raised:
            found(*arguments, **options)
        assert "secret" not in str(raised.value).replace("access_key_secret", "")
        return raised.value

    return look


def test_each_source_comes_before_those_after_it(config: Any, ini: Any, found: Any) -> None:
    ini(INI)
    assert found() == ('section "default" of ~/.alibabacloud/credentials.ini', "ini-id")
    config({"mode": "AK", **KEY})
    assert found() == (f'profile "default" of {CONFIG}', "cli-id")
    assert found(ALIBABA) == ("the environment (ALIBABA_CLOUD_ACCESS_KEY_ID)", "env-id")
    assert found(ALIBABA | OSS) == ("the environment (OSS_ACCESS_KEY_ID)", "oss-id")
    assert found(ALIBABA | OSS, profile="default") == (f'profile "default" of {CONFIG}', "cli-id")


def test_without_any_source_the_error_says_what_to_export(refused: Any) -> None:
    error = refused()
    assert str(error) == "There are no credentials."
    assert error.advice.startswith("Export OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET")


def test_a_fixed_provider_always_gives_the_same() -> None:
    key = Credentials("id", "secret")
    assert Fixed(key).credentials() is key
    assert Fixed(key).name == "the given key"


def test_credentials_and_their_provider_never_show_the_key() -> None:
    provider = find(Search(OSS))
    assert "oss-id" not in f"{provider} {provider!r}"
    assert "oss-secret" not in f"{provider} {provider!r}"


def test_a_session_token_belongs_to_its_family() -> None:
    tokens = {"OSS_SESSION_TOKEN": "a", "ALIBABA_CLOUD_SECURITY_TOKEN": "b"}
    assert find(Search(OSS | tokens)).credentials().token == "a"
    assert find(Search(ALIBABA | tokens)).credentials().token == "b"


@pytest.mark.parametrize("family", [OSS, ALIBABA])
def test_half_a_key_is_an_error_and_never_the_next_source(
    family: dict[str, str], config: Any, refused: Any
) -> None:
    config({"mode": "AK", **KEY})
    for missing in family:
        half = {name: value for name, value in family.items() if name != missing}
        assert str(refused(half)).startswith(f"{missing} is not set, and the other half")


def test_half_a_key_of_a_profile_names_the_profile(config: Any, refused: Any) -> None:
    config({"mode": "AK", "access_key_id": "cli-id"})
    error = refused()
    assert f'`access_key_secret` of profile "default" of {CONFIG} is not set' in str(error)
    assert "aliyun configure" in error.advice


def test_a_profile_without_a_key_is_passed_over_unless_it_was_asked_for(
    config: Any, ini: Any, found: Any, refused: Any
) -> None:
    config({"mode": "AK", "access_key_id": "", "access_key_secret": ""})
    ini(INI)
    assert found()[1] == "ini-id"
    for asked in ({"profile": "default"}, {"environ": {"ALIBABA_CLOUD_PROFILE": "default"}}):
        assert 'profile "default" of ~/.aliyun/config.json has no access key' in str(
            refused(**asked)
        )


def test_the_profile_of_the_environment_may_be_in_either_file(
    config: Any, ini: Any, found: Any, refused: Any
) -> None:
    config(KEY, {"name": "b", "mode": "StsToken", **KEY, "access_key_id": "b-id", "sts_token": "t"})
    ini(INI.replace("default", "c"))
    assert found({"ALIBABA_CLOUD_PROFILE": "b"})[1] == "b-id"
    assert found({"ALIBABA_CLOUD_PROFILE": "c"})[1] == "ini-id"
    error = refused({"ALIBABA_CLOUD_PROFILE": "d"})
    assert str(error).startswith("ALIBABA_CLOUD_PROFILE names a profile that does not exist")
    assert error.advice == "Correct it, or unset it. Sections that are there: c."
    assert found({"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "True", "ALIBABA_CLOUD_PROFILE": "c"})


def test_a_profile_that_does_not_exist_names_those_that_do(config: Any, refused: Any) -> None:
    assert "the Alibaba Cloud CLI has no file here" in str(refused(profile="a"))
    config(KEY, {"name": "b"})
    error = refused(profile="a")
    assert str(error) == f'The profile "a" of {CONFIG} does not exist.'
    assert error.advice == "Profiles that are there: b, default."
    config(content={"profiles": None})
    assert refused(profile="a").advice == "Profiles that are there: none."


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "null",
        '{"profiles": 1}',
        '{"profiles": [{}]}',
        '{"profiles": [{"name": 1}]}',
        '{"current": null}',
        "[" * 100_000,
    ],
)
def test_a_file_that_is_not_the_clis_is_an_error(config: Any, refused: Any, content: str) -> None:
    config(content=content)
    error = refused()
    assert str(error) == f"{CONFIG} is no file of the Alibaba Cloud CLI."
    assert "ALIBABA_CLOUD_CLI_PROFILE_DISABLED" in error.advice


def test_files_that_cannot_be_read_are_errors(folder: Path, refused: Any) -> None:
    (folder / ".aliyun" / "config.json").mkdir(parents=True)
    assert "config.json cannot be read: Is a directory" in str(refused())
    (folder / ".aliyun" / "config.json").rmdir()
    (folder / ".alibabacloud" / "credentials.ini").mkdir(parents=True)
    assert "credentials.ini cannot be read: Is a directory" in str(refused())
    assert str(refused({"ALIBABA_CLOUD_CREDENTIALS_FILE": "/nowhere"})) == (
        "The file that ALIBABA_CLOUD_CREDENTIALS_FILE names does not exist."
    )


FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "an unknown mode": ({"mode": "Magic"}, "`mode` of profile"),
    "a number for a text": ({"mode": 1}, "`mode` of profile"),
    "a text for a number": (
        {"mode": "StsToken", "sts_token": "t", "sts_expiration": "soon", **KEY},
        "`sts_expiration` of profile",
    ),
    "an expired token": (
        {"mode": "StsToken", **KEY, "sts_token": "t", "sts_expiration": 1},
        "The temporary credentials of profile",
    ),
    "a new line": ({"mode": "AK", **KEY, "access_key_id": "a\nb"}, "holds characters that no key"),
    "a role of no key": (
        {"mode": "RamRoleArn", "ram_role_arn": "a"},
        "has no access key to assume",
    ),
    "a role without a name": ({"mode": "RamRoleArn", **KEY}, "`ram_role_arn` of profile"),
    "a chain without a source": ({"mode": "ChainableRamRoleArn"}, "`source_profile` of profile"),
    "a chain to nowhere": (
        {"mode": "ChainableRamRoleArn", "source_profile": "b"},
        "`source_profile` of profile",
    ),
    "a chain to itself": (
        {"mode": "ChainableRamRoleArn", "source_profile": "default"},
        'The profile "default" of ~/.aliyun/config.json leads back to itself',
    ),
    "an OIDC role without a token": ({"mode": "OIDC", "oidc_provider_arn": "a"}, "oidc_token_file"),
    "a sign-on over plain http": (
        {"mode": "CloudSSO", "cloud_sso_sign_in_url": "http://example.com"},
        "`cloud_sso_sign_in_url` of profile",
    ),
    "a sign-on that is over": (
        {"mode": "CloudSSO", "cloud_sso_sign_in_url": "https://example.com"},
        "The sign-in of profile",
    ),
    "an unknown site": ({"mode": "OAuth", "oauth_site_type": "MARS"}, "neither CN nor INTL"),
    "an OAuth sign-in that is over": (
        {"mode": "OAuth", **KEY, "sts_token": "t", "sts_expiration": 1, "oauth_refresh_token": "r"},
        "The sign-in of profile",
    ),
    "an OAuth sign-in without a key": ({"mode": "OAuth"}, "The sign-in of profile"),
    "a program": ({"mode": "External", "process_command": "true"}, "runs a program"),
    "no ECS instance": ({"mode": "EcsRamRole"}, "ALIBABA_CLOUD_ECS_METADATA_DISABLED is true"),
}


@pytest.mark.parametrize(("profile", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_profile_that_cannot_be_used_is_an_error(
    config: Any, refused: Any, profile: dict[str, object], sentence: str
) -> None:
    config(profile)
    error = refused()
    assert sentence in str(error)
    assert error.advice


INI_FAULTS = {
    "no type": ("[default]\n", "`type` of section"),
    "an unknown type": ("[default]\ntype = magic\n", "`type` of section"),
    "no key": ("[default]\ntype = access_key\n", "has no access key"),
    "half a key": ("[default]\ntype = access_key\naccess_key_id = a\n", "the other half"),
    "a role without a name": (INI.replace("= access_key\n", "= ram_role_arn\n"), "`role_arn` of"),
    "no OIDC provider": ("[default]\ntype = oidc_role_arn\n", "`oidc_provider_arn` of section"),
    "no key pair": ("[default]\ntype = rsa_key_pair\n", "`public_key_id` of section"),
    "no ECS instance": ("[default]\ntype = ecs_ram_role\n", "METADATA_DISABLED is true"),
    "no sections": ("type = access_key\n", "is no credentials file"),
}


@pytest.mark.parametrize(("text", "sentence"), INI_FAULTS.values(), ids=INI_FAULTS)
def test_a_section_that_cannot_be_used_is_an_error(
    ini: Any, refused: Any, text: str, sentence: str
) -> None:
    ini(text)
    assert sentence in str(refused())


def test_a_credentials_file_of_another_name_is_shown_by_its_path(
    folder: Path, ini: Any, found: Any
) -> None:
    path = ini(INI).rename(folder.parent / f"{folder.name}.ini")
    name, key_id = found({"ALIBABA_CLOUD_CREDENTIALS_FILE": str(path)})
    assert (name, key_id) == (f'section "default" of {path}', "ini-id")


def test_a_file_is_a_comment_from_the_hash_on_and_knows_no_interpolation(
    folder: Path, ini: Any
) -> None:
    ini(INI)
    assert find(Search({"HOME": str(folder)})).credentials().secret == "ini%secret"


def test_nobody_writes_to_the_files_or_beside_them(folder: Path, config: Any, found: Any) -> None:
    later = 4_000_000_000
    profile = {"mode": "OAuth", **KEY, "sts_token": "t", "sts_expiration": later}
    path = config(profile)
    before = path.read_bytes()
    assert found()[1] == "cli-id"
    assert path.read_bytes() == before
    assert list(folder.rglob("*")) == [path.parent, path]


def test_a_program_is_run_only_where_that_is_allowed(
    folder: Path, config: Any, found: Any, refused: Any
) -> None:
    answer = json.dumps({"mode": "StsToken", **KEY, "sts_token": "t"})
    (folder / "answer").write_text(answer)
    script = folder / "script"
    script.write_text(f"#!/bin/sh\ntouch {folder / 'ran'}\ncat {folder / 'answer'}\n")
    script.chmod(0o700)
    path = config({"mode": "External", "process_command": str(script)})
    before = path.read_bytes()
    error = refused()
    assert "--allow-process" in error.advice
    assert not (folder / "ran").exists()
    assert found(allow_process=True) == (f'profile "default" of {CONFIG}', "cli-id")
    assert (folder / "ran").exists()
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("sh -c 'echo hunter2 >&2; exit 3'", "its program ended with exit code 3."),
        ("echo hunter2", "the answer makes no sense."),
        ("/nowhere/hunter2", "the answer makes no sense."),
    ],
)
def test_a_program_that_fails_is_an_error_without_its_words(
    config: Any, refused: Any, command: str, reason: str
) -> None:
    config({"mode": "External", "process_command": command})
    error = refused(allow_process=True)
    assert str(error) == f'No credentials come from profile "default" of {CONFIG}: {reason}'
    assert "hunter2" not in f"{error} {error.advice}"
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__


@pytest.mark.parametrize("missing", [0, 2])
def test_a_half_given_oidc_role_names_the_variable(refused: Any, missing: int) -> None:
    names = ("OIDC_TOKEN_FILE", "ROLE_ARN", "OIDC_PROVIDER_ARN")
    given = {f"ALIBABA_CLOUD_{name}": "a" for name in names}
    removed = f"ALIBABA_CLOUD_{names[missing]}"
    del given[removed]
    assert str(refused(given)) == f"{removed} is not set."
    del given[f"ALIBABA_CLOUD_{names[2 - missing]}"]
    assert str(refused(given)) == "There are no credentials."


@pytest.mark.parametrize(
    "address",
    ["http://example.com", "ftp://a", "127.0.0.1", "http://10.0.0.1/", "https://", "https://[a",
     "https://a:0", "http://100.100.100.200/", "http://localhost.example.com"],
)  # fmt: skip
def test_a_stranger_is_not_asked_for_credentials_over_plain_http(
    refused: Any, address: str
) -> None:
    error = refused({"ALIBABA_CLOUD_CREDENTIALS_URI": address})
    assert "ALIBABA_CLOUD_CREDENTIALS_URI is no address to get credentials from" in str(error)


def test_an_exported_key_loads_no_transport(folder: Path) -> None:
    code = (
        "import sys; from drift.live.credentials import Search, find;"
        "find(Search({'OSS_ACCESS_KEY_ID': 'a', 'OSS_ACCESS_KEY_SECRET': 'b'}));"
        "sys.exit('urllib3' in sys.modules or 'requests' in sys.modules)"
    )
    from tests.cli.running import python

    assert python(code, cwd=folder).code == 0


def test_the_home_of_the_machine_is_used_where_none_is_set() -> None:
    assert Search({}).home == Path.home()


def test_a_user_without_a_home_has_no_profile_and_no_file(
    ini: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(CredentialsError, match="There are no credentials"):
        find(Search(OFF))
    with pytest.raises(
        CredentialsError, match='no profile "a": this user has no home folder'
    ) as no:
        find(Search(OFF, profile="a"))
    assert no.value.advice == "Set HOME, or leave --profile out."
    path = ini(INI)
    named = find(Search({**OFF, "ALIBABA_CLOUD_CREDENTIALS_FILE": str(path)}))
    assert named.name == f'section "default" of {path}'


def test_a_pipe_a_device_and_a_file_without_measure_are_not_read(
    folder: Path, config: Any, refused: Any
) -> None:
    pipe, large = folder / "pipe", folder / "large"
    os.mkfifo(pipe)
    with large.open("wb") as file:
        file.truncate(1 << 34)
    for path, reason in (
        (pipe, "Not a regular file"),
        ("/dev/zero", "Not a regular file"),
        (large, "File too large"),
    ):
        error = refused({"ALIBABA_CLOUD_CREDENTIALS_FILE": str(path)})
        assert str(error).endswith(f" cannot be read: {reason}.")
    profile = config({"mode": "AK"})
    profile.unlink()
    os.mkfifo(profile)
    assert str(refused()) == f"{CONFIG} cannot be read: Not a regular file."
