"""Held secrets are masked in whatever form they stand in a text, and nothing else is."""

import json
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import escape
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift import masking
from drift.live.credentials.caller import Caller
from drift.live.credentials.search import Search
from drift.live.transport.environment import Proxies
from drift.masking import MASK, SHORTEST, hold, masked, masked_value, repeats_secret
from drift.planfile import harmless
from drift.untrusted import visible

printable = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
secrets = st.text(printable, min_size=SHORTEST, max_size=200).filter(lambda one: "*" not in one)
around = st.text(max_size=20)
WRITTEN: dict[str, Callable[[str], str]] = {
    "raw": str,
    "JSON": json.dumps,
    "JSON that no log obeys": harmless,
    "HTML": escape,
    "XML": quoteattr,
    "a path": quote,
    "a query": quote_plus,
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
@given(secret=secrets, before=around, after=around)
def test_a_secret_is_masked_as_every_format_writes_it(
    write: Callable[[str], str], secret: str, before: str, after: str
) -> None:
    masking.begin({})
    hold(secret)
    text = masked(f"{before}{write(secret)}{after}")
    assert MASK in text
    assert secret not in text


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(secret=secrets, before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_a_secret_is_masked_wherever_it_stands_in_base64(
    encode: Callable[[bytes], bytes], secret: str, before: bytes, after: bytes
) -> None:
    masking.begin({})
    hold(secret)
    assert MASK in masked(encode(before + secret.encode() + after).decode())


@given(secret=secrets, cut=st.integers(1, SHORTEST - 1), blank=st.sampled_from(" \t\r\n"))
def test_a_value_in_which_blanks_divide_a_secret_is_masked_whole(
    secret: str, cut: int, blank: str
) -> None:
    masking.begin({})
    hold(secret)
    assert masked_value(f"a {secret[:cut]}{blank}{secret[cut:]}") == MASK
    assert masked_value(f"a {secret[:cut]}\n{secret[cut:]} {secret}") == MASK
    assert repeats_secret(f"{secret[:cut]}{blank}{secret[cut:]}")


@given(secret=secrets, longest=st.integers(4, 300))
def test_a_secret_is_masked_before_a_text_is_cut(secret: str, longest: int) -> None:
    masking.begin({})
    hold(secret)
    shown = visible(f"it is {secret}.", longest)
    assert shown == f"it is {MASK}."[:longest] or shown.endswith("...")
    assert secret[:SHORTEST] not in shown


@given(around)
def test_a_text_without_a_secret_stays_as_it_is(text: str) -> None:
    masking.begin({"OSS_ACCESS_KEY_SECRET": "no-such-secret", "GITHUB_TOKEN": "", "OTHER": text})
    assert masked(text) == masked_value(text) == text
    assert not repeats_secret(text)


def test_of_two_secrets_the_longer_is_masked_first() -> None:
    hold("secret-one", "secret-one-and-more", None, "")
    assert masked("secret-one-and-more secret-one") == f"{MASK} {MASK}"


def test_what_is_too_short_is_no_secret() -> None:
    hold("1234567")
    assert masked("1234567") == "1234567"
    hold("12345678")
    assert masked("1234567 12345678") == f"1234567 {MASK}"


@pytest.mark.parametrize("text", ["0f" * 32, f"Signature={'A' * 64}"])
def test_a_signature_is_a_secret_without_being_held(text: str) -> None:
    assert repeats_secret(text)
    assert not repeats_secret(text[:-1])


def test_secrets_of_several_threads_are_all_held() -> None:
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for turn in range(50):
            masking.forget()
            secrets = [f"canary-{turn:04}-{letter}" for letter in "abcd"]
            with ThreadPoolExecutor(len(secrets)) as pool:
                list(pool.map(hold, secrets))
            assert masked(" ".join(secrets)) == " ".join([MASK] * len(secrets))
    finally:
        sys.setswitchinterval(switch)


@pytest.mark.parametrize("name", masking.VARIABLES)
def test_the_secrets_of_the_environment_are_held_without_blanks_around_them(name: str) -> None:
    masking.begin({name: " canary-0001\n"})
    assert masked("canary-0001!") == f"{MASK}!"
    masking.begin({})
    assert masked("canary-0001!") == "canary-0001!"


def test_every_variable_with_a_token_for_a_forge_is_known() -> None:
    from drift.comment.place import _BY_FORGE

    tokens = {name for variables in _BY_FORGE.values() for name in variables.token}
    assert tokens <= set(masking.VARIABLES)


def test_every_variable_with_a_key_is_known() -> None:
    from drift.live.credentials.environment import _GENERAL, _OSS

    names = {name for variables in _OSS + _GENERAL for name in variables.split()}
    assert names <= set(masking.VARIABLES)


@pytest.mark.parametrize("shown", ["pass%40word-1234", "pass@word-1234"])
def test_the_password_of_a_proxy_is_masked(monkeypatch: pytest.MonkeyPatch, shown: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:pass%40word-1234@proxy.invalid:3128")
    Proxies.from_environment()
    assert masked(f"the proxy says {shown}") == f"the proxy says {MASK}"
    assert masked("somebody, proxy.invalid") == "somebody, proxy.invalid"


def test_a_token_that_only_requests_for_credentials_carry_is_masked() -> None:
    Caller("a CI system", Search({}), held=("token-of-a-job",))
    assert masked("token-of-a-job") == MASK


@pytest.mark.parametrize("secret", ["\udcff\udcfe12345678", "\ud80012345678"])
def test_a_secret_that_is_no_text_is_held(secret: str) -> None:
    masking.begin({"GITHUB_TOKEN": secret})
    assert masked(f"a {secret} b") == f"a {MASK} b"
