"""The emulator against a small model of what is known of the service, over HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import ClassVar, TypeAlias

import oss2
import pytest
import requests
from defusedxml.ElementTree import fromstring
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from drift.emulator import EMULATOR_KEY, Emulator
from drift.live.recording import Recording
from drift.live.service_error import ServiceError

Leaves: TypeAlias = dict[str, list[str]]
Document: TypeAlias = dict[str, Leaves]

VERSIONS = ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
BUCKETS = ("a", "b", "c")
EXAMPLES = 2000
AUTHS = (
    oss2.AuthV4(EMULATOR_KEY.id, EMULATOR_KEY.secret),
    oss2.Auth(EMULATOR_KEY.id, EMULATOR_KEY.secret),
)

BOOLEAN = st.sampled_from(["true", "false"] * 4 + ["TRUE", "1", ""])
SUITES = st.lists(
    st.sampled_from(["A-SHA256", "B-SHA384", "TLS_C", "D"] * 3 + ["two words"]), max_size=4
)
TLS = st.fixed_dictionaries(
    {"Enable": BOOLEAN.map(lambda text: [text])},
    optional={
        "TLSVersion": st.lists(st.sampled_from([*VERSIONS * 3, "TLSv1", "aaa"]), max_size=5),
        "Unheard": st.just(["1"]),
    },
)
CIPHER_SUITE = st.fixed_dictionaries(
    {"Enable": BOOLEAN.map(lambda text: [text])},
    optional={
        "StrongCipherSuite": BOOLEAN.map(lambda text: [text]),
        "CustomCipherSuite": SUITES,
        "TLS13CustomCipherSuite": SUITES,
    },
)
DOCUMENT = st.fixed_dictionaries({}, optional={"TLS": TLS, "CipherSuite": CIPHER_SUITE})


def shuffled(draw: st.DrawFn, document: Document) -> bytes:
    """Write the document with parts and leaves in any order."""
    parts = []
    for name, members in draw(st.permutations(sorted(document.items()))):
        leaves = [(leaf, text) for leaf, texts in members.items() for text in texts]
        # The order within one list is kept: that is what a GET repeats.
        order = sorted(draw(st.permutations(range(len(members)))))
        names = [list(members)[index] for index in draw(st.permutations(order))]
        inner = "".join(
            f"<{leaf}>{text}</{leaf}>"
            for chosen in names
            for leaf, text in leaves
            if leaf == chosen
        )
        parts.append(f"<{name}>{inner}</{name}>")
    return f"<HttpsConfiguration>{''.join(parts)}</HttpsConfiguration>".encode()


@st.composite
def requests_of_documents(draw: st.DrawFn) -> tuple[Document, bytes]:
    document: Document = draw(DOCUMENT)
    return document, shuffled(draw, document)


def tls_is_valid(tls: Leaves) -> bool:
    versions = tls.get("TLSVersion", [])
    known = tls["Enable"][0] in ("true", "false") and "Unheard" not in tls
    return (
        known and set(versions) <= set(VERSIONS) and (tls["Enable"] == ["false"] or bool(versions))
    )


def suites_are_valid(suites: Leaves) -> bool:
    enable, strong = suites["Enable"][0], suites.get("StrongCipherSuite", ["false"])[0]
    names = suites.get("CustomCipherSuite", []) + suites.get("TLS13CustomCipherSuite", [])
    known = {enable, strong} <= {"true", "false"} and "two words" not in names
    return known and (enable == "false" or strong == "true" or bool(names))


def is_valid(document: Document) -> bool:
    return (
        "TLS" in document
        and tls_is_valid(document["TLS"])
        and ("CipherSuite" not in document or suites_are_valid(document["CipherSuite"]))
    )


def normal(document: Document) -> Document:
    return {
        name: {leaf: list(dict.fromkeys(texts)) for leaf, texts in members.items() if texts}
        for name, members in document.items()
    }


def read(body: bytes) -> Document:
    document: Document = {}
    for part in fromstring(body):
        leaves = document.setdefault(part.tag, {})
        for leaf in part:
            leaves.setdefault(leaf.tag, []).append(leaf.text or "")
    return document


@dataclass
class World:
    """What all runs of the machine share: one server, and buckets that no run has used."""

    url: str
    sign: Callable[..., requests.PreparedRequest]
    session: requests.Session
    unused: Iterator[int] = field(default_factory=count)


class Service(RuleBasedStateMachine):
    """Documents of a few buckets, by what is known of the service."""

    world: ClassVar[World]

    @initialize()
    def take_fresh_buckets(self) -> None:
        self.number = next(self.world.unused)
        self.documents: dict[str, Document] = {}

    def answer(
        self, method: str, bucket: str, *, auth: oss2.Auth, body: bytes | None = None
    ) -> requests.Response:
        name = f"bucket-{self.number}-{bucket}"
        request = self.world.sign(self.world.url, method, name, auth=auth, body=body)
        return self.world.session.send(request, timeout=5)

    @rule(
        bucket=st.sampled_from(BUCKETS),
        drawn=requests_of_documents(),
        auth=st.sampled_from(AUTHS),
    )
    def put(self, bucket: str, drawn: tuple[Document, bytes], auth: oss2.Auth) -> None:
        document, body = drawn
        answer = self.answer("PUT", bucket, auth=auth, body=body)
        if is_valid(document):
            assert (answer.status_code, answer.content) == (200, b"")
            self.documents[bucket] = normal(document)
        else:
            assert answer.status_code == 400
            assert ServiceError.parse(answer.content).code == "MalformedXML"
        self.get(bucket, auth)

    @rule(bucket=st.sampled_from(BUCKETS), auth=st.sampled_from(AUTHS))
    def get(self, bucket: str, auth: oss2.Auth) -> None:
        answer = self.answer("GET", bucket, auth=auth)
        if bucket in self.documents:
            assert answer.status_code == 200
            assert read(answer.content) == self.documents[bucket]
        else:
            assert answer.status_code == 404
            assert ServiceError.parse(answer.content).code == "NoSuchHttpsConfig"

    @rule(bucket=st.sampled_from(BUCKETS))
    def put_back_what_was_read(self, bucket: str) -> None:
        answer = self.answer("GET", bucket, auth=AUTHS[0])
        if answer.status_code == 200:
            again = self.answer("PUT", bucket, auth=AUTHS[0], body=answer.content)
            assert again.status_code == 200
            assert self.answer("GET", bucket, auth=AUTHS[1]).content == answer.content

    @rule(drawn=requests_of_documents())
    def put_to_a_bucket_that_does_not_exist(self, drawn: tuple[Document, bytes]) -> None:
        answer = self.answer("PUT", "none", auth=AUTHS[0], body=drawn[1])
        assert answer.status_code == 404


def test_the_emulator_agrees_with_the_model(
    tmp_path_factory: pytest.TempPathFactory, sign: Callable[..., requests.PreparedRequest]
) -> None:
    folder = tmp_path_factory.mktemp("model")
    for number in range(EXAMPLES):
        for bucket in BUCKETS:
            (folder / "cn-hangzhou" / f"bucket-{number}-{bucket}").mkdir(parents=True)
    with Emulator(Recording(folder)) as running, requests.Session() as session:
        session.trust_env = False
        Service.world = World(running.url, sign, session)
        run_state_machine_as_test(
            Service,
            settings=settings(
                max_examples=30, stateful_step_count=20, deadline=None, database=None
            ),
        )
