"""No source that is there is passed over without a word: it may be the account that is meant."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drift.errors import CredentialsError
from drift.live.credentials import Credentials, Search, find
from tests.live.services import ID, answering, key, metadata, query, success
from tests.live.wire import http, served

OFF = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
OSS = {"OSS_ACCESS_KEY_ID": "oss-id", "OSS_ACCESS_KEY_SECRET": "oss-secret"}
CONFIG = "~/.aliyun/config.json"
INI = "[{}]\ntype = access_key\naccess_key_id = ini-id\naccess_key_secret = ini-secret\n"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"
PEM = "-----BEGIN PRIVATE KEY-----\nQ2FuYXJ5Q2FuYXJ5\n-----END PRIVATE KEY-----"
JSON_TEXT = json.dumps({"access_key_id": "CanaryId", "access_key_secret": "CanarySecret"})


def profile(name: str, **members: object) -> dict[str, object]:
    """Return a profile with an access key whose id has the profile's name."""
    key = {"access_key_id": f"{name}-id", "access_key_secret": f"{name}-secret"}
    return {"name": name, "mode": "AK", **key, **members}


@pytest.fixture
def config(folder: Path) -> Callable[..., None]:
    """Write the CLI's file."""

    def write(*profiles: dict[str, object], text: str | None = None, **members: object) -> None:
        path = folder / ".aliyun" / "config.json"
        path.parent.mkdir(exist_ok=True)
        document = {"current": "default", "profiles": profiles, **members}
        path.write_text(text or json.dumps(document))

    return write


@pytest.fixture
def ini(folder: Path) -> Path:
    """Write a credentials file of another account, and return where it is."""
    path = folder / ".alibabacloud" / "credentials.ini"
    path.parent.mkdir()
    path.write_text(INI.format("default"))
    return path


def key_id(environ: dict[str, str] | None = None, **options: Any) -> str:
    return found(environ, **options).key_id


def found(environ: dict[str, str] | None = None, **options: Any) -> Credentials:
    home = {"HOME": str(Path.cwd())}
    return find(Search({**home, **OFF, **(environ or {})}, **options)).credentials()


def refusal(environ: dict[str, str] | None = None, **options: Any) -> CredentialsError:
    with pytest.raises(CredentialsError) as raised:
        found(environ, **options)
    return raised.value


@pytest.mark.usefixtures("ini")
@pytest.mark.parametrize("current", ["prod", "Default", ""])
def test_a_current_profile_that_does_not_exist_is_an_error(config: Any, current: str) -> None:
    config(profile("default"), current=current)
    error = refusal()
    assert str(error) == f"`current` of {CONFIG} names a profile that does not exist."
    assert error.advice == "Run `aliyun configure switch`. Profiles that are there: default."


@pytest.mark.usefixtures("ini")
def test_a_file_without_profiles_is_no_source_unless_it_names_one(config: Any) -> None:
    config()
    assert key_id() == "ini-id"
    config(current="prod")
    assert refusal().advice.endswith("Profiles that are there: none.")


def test_a_profile_without_a_name_can_be_the_current_one(config: Any) -> None:
    config(profile("default"), profile("", access_key_id="nameless-id"), current="")
    assert key_id() == "nameless-id"


def test_two_profiles_of_one_name_are_an_error_where_that_one_is_wanted(config: Any) -> None:
    config(profile("a"), profile("b"), profile("a", access_key_id="other-id"), current="a")
    expected = f'The profile "a" of {CONFIG} is there more than once.'
    assert str(refusal()) == expected
    assert str(refusal(profile="a")) == expected
    assert str(refusal({"ALIBABA_CLOUD_PROFILE": "a"})) == expected
    assert key_id(profile="b") == "b-id"


@pytest.mark.parametrize(
    "variable", ["ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"]
)
def test_every_spelling_of_the_profile_variable_counts(config: Any, variable: str) -> None:
    config(profile("default"), profile("b"))
    assert key_id({variable: "b"}) == "b-id"
    assert str(refusal({variable: "hunter2"})) == f"{variable} names a profile that does not exist."


def test_spellings_that_disagree_are_an_error(config: Any) -> None:
    config(profile("default"), profile("b"))
    both = {"ALIBABA_CLOUD_PROFILE": "b", "ALICLOUD_PROFILE": "default"}
    assert str(refusal(both)) == (
        "ALIBABA_CLOUD_PROFILE and ALICLOUD_PROFILE have different values."
    )
    assert key_id({**both, "ALICLOUD_PROFILE": "b"}) == "b-id"


KEYS = {
    "the Terraform provider": ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY"),
    "the CLI": ("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET"),
    "the CLI again": ("ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET"),
}


@pytest.mark.parametrize(("names", "secret"), KEYS.values(), ids=KEYS)
def test_keys_under_the_names_of_every_tool_are_used(config: Any, names: str, secret: str) -> None:
    config(profile("default"))
    exported = {names: "env-id", secret: "env-secret"}
    assert found(exported) == Credentials("env-id", "env-secret")
    del exported[secret]
    assert str(refusal(exported)).startswith(f"{secret} is not set, and the other half")


def test_a_token_of_the_terraform_provider_is_used() -> None:
    exported = {
        "ALICLOUD_ACCESS_KEY": "a",
        "ALICLOUD_SECRET_KEY": "b",
        "ALICLOUD_SECURITY_TOKEN": "t",
    }
    assert found(exported) == Credentials("a", "b", "t")


def test_variables_of_different_keys_are_an_error() -> None:
    two = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "b",
        "ALICLOUD_ACCESS_KEY": "c", "ALICLOUD_SECRET_KEY": "d",
    }  # fmt: skip
    message = "ALIBABA_CLOUD_ACCESS_KEY_ID and ALICLOUD_ACCESS_KEY belong to different keys."
    assert str(refusal(two)) == message
    assert key_id({**two, "ALICLOUD_ACCESS_KEY": "a", "ALICLOUD_SECRET_KEY": "b"}) == "a"
    assert key_id({**two, **OSS}) == "oss-id"


@pytest.mark.parametrize("section", ["Default", "prod", "DEFAULT"])
def test_a_credentials_file_without_the_section_is_an_error(ini: Path, section: str) -> None:
    ini.write_text(INI.format(section))
    shown = "none" if section == "DEFAULT" else section
    with answering(metadata) as instance:
        error = refusal({"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "false"}, metadata=instance.url)
        assert str(error) == '~/.alibabacloud/credentials.ini has no section "default".'
        assert error.advice == f"Sections that are there: {shown}."
        named = {"ALIBABA_CLOUD_CREDENTIALS_FILE": str(ini)}
        assert str(refusal(named)) == (
            'The file that ALIBABA_CLOUD_CREDENTIALS_FILE names has no section "default".'
        )
    assert instance.heads == []


def test_an_empty_credentials_file_is_a_source_only_where_it_is_named(ini: Path) -> None:
    ini.write_text("")
    assert str(refusal()) == "There are no credentials."
    assert "has no section" in str(refusal({"ALIBABA_CLOUD_CREDENTIALS_FILE": str(ini)}))


@pytest.mark.usefixtures("ini")
@pytest.mark.parametrize(
    "variable", ["ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED"]
)
def test_the_clis_file_is_left_alone_where_it_is_to_be_ignored(config: Any, variable: str) -> None:
    config(profile("default"))
    assert key_id() == "default-id"
    assert key_id({variable: "TRUE"}) == "ini-id"


NAMED_AND_PASSED_OVER = {
    "a file": {"ALIBABA_CLOUD_CREDENTIALS_FILE": "ini"},
    "a server": {"ALIBABA_CLOUD_CREDENTIALS_URI": "https://127.0.0.1:9"},
    "an instance": {
        "ALIBABA_CLOUD_ECS_METADATA": "role",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "false",
    },
}


@pytest.mark.parametrize("environ", NAMED_AND_PASSED_OVER.values(), ids=NAMED_AND_PASSED_OVER)
def test_a_source_that_a_variable_names_is_never_passed_over(
    config: Any, environ: dict[str, str]
) -> None:
    config(profile("default"))
    variable = next(iter(environ))
    error = refusal(environ)
    assert str(error) == (
        f"{variable} names a source of credentials that would not be used: "
        f'profile "default" of {CONFIG} comes before it.'
    )
    assert key_id(environ, profile="default") == "default-id"
    assert str(refusal({**environ, **OSS})).startswith(variable)


def test_a_profile_variable_beside_a_key_is_an_error(config: Any) -> None:
    config(profile("default"))
    error = refusal({**OSS, "ALICLOUD_PROFILE": "default"})
    assert str(error).startswith("ALICLOUD_PROFILE names a source of credentials")
    assert error.advice == "Remove one of them, or give --profile."


def test_the_role_of_an_instance_that_is_switched_off_is_not_wanted() -> None:
    assert key_id({**OSS, "ALIBABA_CLOUD_ECS_METADATA": "role"}) == "oss-id"


@pytest.mark.parametrize(
    "variable",
    [
        "OSS_ROLE_ARN",
        "ALICLOUD_ASSUME_ROLE_ARN",
        "ALICLOUD_ECS_ROLE_NAME",
        "ALICLOUD_SHARED_CREDENTIALS_FILE",
    ],
)
def test_a_variable_of_another_tool_that_chooses_the_account_is_an_error(
    config: Any, variable: str
) -> None:
    config(profile("default"))
    error = refusal({**OSS, variable: "hunter2"})
    assert str(error).startswith(f"{variable} chooses an account for another tool")
    assert "hunter2" not in f"{error}{error.advice}"
    assert key_id({variable: "hunter2"}, profile="default") == "default-id"


def test_an_instance_whose_role_fails_is_an_error_and_not_the_next_source() -> None:
    def failing(method: str, url: str) -> bytes:
        return http(b"", "500 No") if url.endswith("/a-role") else metadata(method, url)

    environ = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "false"}
    with answering(failing) as instance:
        error = refusal(environ, metadata=instance.url, retries=0)
    assert "the RAM role of this ECS instance: the answer is HTTP 500" in str(error)


def test_an_instance_that_has_version_1_of_the_metadata_service_only() -> None:
    def old(method: str, url: str) -> bytes:
        return http(b"", "404 Not Found") if method == "PUT" else metadata(method, url)

    environ = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "false"}
    with answering(old) as instance:
        assert key_id(environ, metadata=instance.url) == ID
        environ["ALIBABA_CLOUD_IMDSV1_DISABLED"] = "true"
        assert str(refusal(environ, metadata=instance.url)) == "There are no credentials."
        environ["ALIBABA_CLOUD_ECS_METADATA"] = "a-role"
        assert "HTTP 404" in str(refusal(environ, metadata=instance.url))


def test_an_instance_that_answers_without_success_hands_out_nothing() -> None:
    def failed(method: str, url: str) -> bytes:
        answer = metadata(method, url)
        return success({"Code": "Failed", **key()}) if url.endswith("/a-role") else answer

    environ = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "false"}
    with answering(failed) as instance:
        assert "makes no sense" in str(refusal(environ, metadata=instance.url))


# Values where a path or a name is expected.

VALUES = {"a token": TOKEN, "a PEM": PEM, "JSON": JSON_TEXT, "INI": INI.format("Canary" * 50)}


def is_silent(error: CredentialsError, value: str, names: str) -> bool:
    """Return whether an error names the variable or the member, and repeats no part of a value."""
    ours = (names, CONFIG, "~/.alibabacloud/credentials.ini", "default")
    text = f"{error} {error.advice}"
    assert names in text
    for own in ours:
        value = value.replace(own, "")
    return not any(word in text for word in value.split() if len(word) >= 8)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize(
    "variable",
    [
        "ALIBABA_CLOUD_CREDENTIALS_FILE",
        "ALIBABA_CLOUD_CREDENTIALS_URI",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
        "ALIBABA_CLOUD_PROFILE",
    ],
)
def test_a_value_in_a_variable_is_not_repeated(variable: str, value: str) -> None:
    others = {"ALIBABA_CLOUD_ROLE_ARN": "a", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "a"}
    environ = others if variable == "ALIBABA_CLOUD_OIDC_TOKEN_FILE" else {}
    assert is_silent(refusal({**environ, variable: value}, retries=0), value, variable)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_value_in_the_variable_of_the_endpoint_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # a token can be a host's name
    environ = {**OSS, "ALIBABA_CLOUD_STS_ENDPOINT": value}
    assert is_silent(refusal(environ, role_arn="a", retries=0), value, "")


MEMBERS: dict[str, dict[str, object]] = {
    "mode": {},
    "source_profile": {"mode": "ChainableRamRoleArn", "ram_role_arn": "a"},
    "oidc_token_file": {"mode": "OIDC", "oidc_provider_arn": "a", "ram_role_arn": "a"},
    "private_key": {"mode": "RsaKeyPair", "key_pair_name": "a"},
    "credentials_uri": {"mode": "CredentialsURI"},
    "cloud_sso_sign_in_url": {"mode": "CloudSSO"},
    "oauth_site_type": {"mode": "OAuth"},
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize(("member", "others"), MEMBERS.items())
def test_a_value_in_a_member_of_a_profile_is_not_repeated(
    config: Any, member: str, others: dict[str, object], value: str
) -> None:
    config(profile("default", **{**others, member: value}))
    assert is_silent(refusal(), value, f"`{member}` of profile")


@pytest.mark.parametrize("value", [TOKEN, "a\0b", "-----BEGIN Canary"])
@pytest.mark.parametrize(
    ("member", "others"),
    [
        ("type", ""),
        ("oidc_token_file_path", "type=oidc_role_arn\noidc_provider_arn=a\nrole_arn=a\n"),
        ("private_key_file", "type=rsa_key_pair\npublic_key_id=a\n"),
    ],
)
def test_a_value_in_a_member_of_a_section_is_not_repeated(
    ini: Path, member: str, others: str, value: str
) -> None:
    ini.write_text(f"[default]\n{others}{member}={value}\n")
    assert is_silent(refusal(), value, f"`{member}` of section")


def test_a_file_that_is_empty_or_no_text_is_an_error(folder: Path) -> None:
    environ = {
        "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/a",
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "a",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(folder / "token"),
    }
    (folder / "token").write_bytes(b" \n")
    assert str(refusal(environ)).endswith("ALIBABA_CLOUD_OIDC_TOKEN_FILE names is empty.")
    (folder / "token").write_bytes(b"\xff")
    assert str(refusal(environ)).endswith("does not name a text file.")


# Modes of profiles.


def test_what_is_left_over_in_a_profile_of_an_access_key_is_not_used(config: Any) -> None:
    config(profile("default", sts_token="old", sts_expiration=1))
    assert found() == Credentials("default-id", "default-secret")


def test_temporary_credentials_without_a_token_are_refused(config: Any) -> None:
    config(profile("default", mode="StsToken"))
    assert str(refusal()) == f'`sts_token` of profile "default" of {CONFIG} is not set.'
    config(profile("default", mode="StsToken", access_key_id="", access_key_secret=""))
    assert str(refusal()) == "There are no credentials."


@pytest.mark.parametrize("mode", ["BearerToken", "Anonymous"])
def test_a_mode_of_the_cli_that_cannot_be_supported_is_named(config: Any, mode: str) -> None:
    config(profile("default", mode=mode))
    error = refusal()
    assert str(error).endswith(f"has the mode {mode}, which drift does not support.")
    assert error.advice == "Name another profile with --profile."


def test_a_profile_can_name_a_server(config: Any) -> None:
    with answering(success({"Code": "Success", **key()})) as server:
        config(profile("default", mode="CredentialsURI", credentials_uri=f"{server.url}/a?b=c"))
        assert key_id() == ID
    assert server.lines == ["GET /a?b=c HTTP/1.1"]
    with answering(success({"Code": "No", **key()})) as server:
        config(profile("default", mode="CredentialsURI", credentials_uri=server.url))
        assert "makes no sense" in str(refusal())


def test_a_role_can_be_assumed_with_that_of_the_instance(config: Any) -> None:
    arn = "acs:ram::42:role/drift"
    config(profile("default", mode="RamRoleArnWithRoleName", ram_role_arn=arn, ram_role_name="b"))
    environ = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "false"}
    with answering(metadata) as instance, answering(success({"Credentials": key()})) as service:
        credentials = found(environ, metadata=instance.url, sts=service.url)
    assert credentials.account == "42"
    assert query(service.lines[0])["AccessKeyId"] == ID
    assert instance.lines[-1].split(" ")[1].endswith("/b")


def test_a_key_pair_of_a_profile_opens_a_session(config: Any, folder: Path) -> None:
    (folder / "pem").write_text("private")
    config(profile("default", mode="RsaKeyPair", key_pair_name="pair", private_key=f"{folder}/pem"))
    pair = {**key(), "SessionAccessKeyId": ID, "SessionAccessKeySecret": "s"}
    with answering(success({"SessionAccessKey": pair})) as service:
        assert found(sts=service.url).token is None
    asked = query(service.lines[0])
    assert (asked["Action"], asked["AccessKeyId"]) == ("GenerateSessionAccessKey", "pair")


def test_a_session_of_the_clis_sign_in_is_used_until_it_ends(config: Any) -> None:
    held = {"sts_token": "t", "sts_expiration": 4_000_000_000}
    config(profile("default", mode="OAuth", **held))
    assert found() == Credentials("default-id", "default-secret", "t", 4_000_000_000)


def test_a_session_that_is_over_is_exchanged_for_another(
    config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = {"sts_token": "t", "sts_expiration": 1, "oauth_access_token": "bearer"}
    config(profile("default", mode="OAuth", oauth_access_token_expire=4_000_000_000, **over))
    with answering(success(key())) as service:
        monkeypatch.setattr("drift.live.credentials.profile._OAUTH", {"CN": service.url})
        assert key_id() == ID
    assert service.lines == ["POST /v1/exchange HTTP/1.1"]
    assert service.header("Authorization") == "Bearer bearer"


def test_an_access_token_that_no_header_can_carry_is_refused(config: Any) -> None:
    sso = {
        "cloud_sso_sign_in_url": "https://127.0.0.1:9",
        "cloud_sso_access_token_expire": 4_000_000_000,
        "cloud_sso_account_id": "1",
        "cloud_sso_access_config": "a",
        "access_token": "a\nb",
    }
    config(profile("default", mode="CloudSSO", **sso))
    assert "`access_token` of profile" in str(refusal())


# Files.


def test_a_mistake_in_the_clis_file_is_placed(config: Any) -> None:
    config(text='{"current": "a", // mine\n"access_key_secret": "hunter2"}')
    error = refusal()
    assert str(error).startswith(f"{CONFIG}:1:18 is not JSON: ")
    assert "JSON has no comments." in error.advice
    assert "hunter2" not in str(error)


def test_a_mistake_in_the_credentials_file_is_placed(ini: Path) -> None:
    for text, line in (
        ("access_key_secret = hunter2\n", 1),
        ("[default]\ntype = access_key\nhunter2\n", 3),
        ("[a]\n[default]\n[a]\n", 3),
        ("[a]\na = hunter2\nA = hunter2\n", 3),
    ):
        ini.write_text(text)
        error = refusal()
        assert str(error).endswith(f"credentials.ini is no credentials file: look at line {line}.")
        assert "hunter2" not in f"{error}{error.advice}"
    ini.write_bytes(b"\xff")
    assert str(refusal()).endswith("credentials.ini is no credentials file.")


def test_a_byte_order_mark_before_either_file_does_not_matter(config: Any, ini: Path) -> None:
    ini.write_bytes(b"\xef\xbb\xbf" + INI.format("default").encode())
    assert key_id() == "ini-id"
    config(text="\ufeff" + json.dumps({"profiles": [profile("default")]}))
    assert key_id() == "default-id"


def test_a_program_whose_answer_is_none_is_an_error(config: Any) -> None:
    for command in ("echo []", "echo", "''", "true"):
        config(profile("default", mode="External", process_command=command))
        assert "makes no sense" in str(refusal(allow_process=True))


def test_no_service_is_asked_where_nothing_is_wrong() -> None:
    with served(http(b"")) as wire:
        assert key_id(OSS, sts=wire.url, metadata=wire.url) == "oss-id"
    assert wire.heads == []
