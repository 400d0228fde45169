"""A plan of many buckets against the plans of each of them alone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from drift.settings.document import read, write
from drift.settings.https import HttpsConfiguration
from tests.declared import declared, planned
from tests.strategies import live_documents

NAMES = [f"bucket-{letter}" for letter in "abcd"]

CUSTOM = """<HttpsConfiguration>
  <TLS><Enable>false</Enable></TLS>
  <CipherSuite><Enable>true</Enable>{strong}{unknown}
    <CustomCipherSuite>ECDHE-RSA-AES128-GCM-SHA256</CustomCipherSuite>
    <TLS13CustomCipherSuite>TLS_AES_128_GCM_SHA256</TLS13CustomCipherSuite>
  </CipherSuite>
</HttpsConfiguration>"""
ALIKE = [
    CUSTOM.format(strong=strong, unknown=unknown).encode()
    for strong in ("", "<StrongCipherSuite>false</StrongCipherSuite>")
    for unknown in ("", "<StrongCipherSuites>true</StrongCipherSuites>")
]
"""Documents whose models are equal; one of them may hide what another one says."""

DESIRED = read(HttpsConfiguration, ALIKE[2]).setting
BODIES = st.one_of(st.sampled_from(ALIKE), live_documents.map(write))


@given(st.lists(BODIES, min_size=2, max_size=4), st.booleans())
def test_what_is_found_about_a_bucket_does_not_depend_on_the_others(
    bodies: list[bytes], strict: bool
) -> None:
    """Law: the plan of many buckets has what the plan of each of them has."""
    answers = dict(zip(NAMES, bodies, strict=False))
    one = declared(DESIRED, NAMES[0])
    declarations = [replace(one, bucket=name) for name in answers]
    together = planned(declarations, answers, strict=strict).resource_changes
    alone = [planned([one], answers, strict=strict).resource_changes[0] for one in declarations]
    assert list(together) == alone


def test_documents_that_are_equal_and_not_alike_are_judged_each_by_itself() -> None:
    """The smallest case in which one bucket's green verdict could become another's."""
    answers = dict(zip(NAMES, (ALIKE[3], ALIKE[1]), strict=False))
    one = declared(DESIRED)
    declarations = [replace(one, bucket=name) for name in answers]
    first, second = planned(declarations, answers).resource_changes
    assert (first.status, second.status) == ("in_sync", "unreadable")
