"""Temporary credentials in long runs: always such that hold, renewed by one thread at a time."""

from collections.abc import Callable
from threading import Barrier, Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drift.errors import CredentialsError
from drift.live.credentials import Credentials, Search
from drift.live.credentials.refreshing import Refreshing
from drift.live.credentials.temporary import uri
from tests.live.services import answering, key, success

LIFE = 3600.0


class Service:
    """Hands out numbered credentials that last for `life` seconds, unless it is down."""

    def __init__(self, life: float | None = LIFE) -> None:
        """Start at the time 0."""
        self.now, self.life, self.calls, self.down = 0.0, life, 0, False

    def fetch(self) -> Credentials:
        """Return the next credentials."""
        self.calls += 1
        if self.down:
            raise CredentialsError("It is down.", "Wait.")
        ends = None if self.life is None else self.now + self.life
        return Credentials(str(self.calls), "secret", None, ends)

    def refreshing(self) -> Refreshing:
        """Return what renews them, on the clock of this service."""
        return Refreshing("a service", self.fetch, clock=lambda: self.now)


def at(service: Service, provider: Refreshing, now: float) -> str:
    """Return which credentials are handed out at a time."""
    service.now = now
    return provider.credentials().key_id


def test_credentials_are_renewed_before_they_end() -> None:
    service = Service()
    provider = service.refreshing()
    assert [at(service, provider, now) for now in (0, 2699, 2701, 2702)] == ["1", "1", "2", "2"]
    assert service.calls == 2


def test_credentials_without_an_end_are_kept() -> None:
    service = Service(life=None)
    provider = service.refreshing()
    assert [at(service, provider, now) for now in (0, 1e9)] == ["1", "1"]


def test_as_long_as_the_old_ones_hold_a_failure_is_none() -> None:
    service = Service()
    provider = service.refreshing()
    at(service, provider, 0)
    service.down = True
    assert at(service, provider, 2800) == at(service, provider, 2829) == "1"
    assert service.calls == 2
    assert at(service, provider, 2831) == "1"
    assert service.calls == 3
    with pytest.raises(CredentialsError, match=r"It is down\."):
        at(service, provider, 3601)
    service.down = False
    with pytest.raises(CredentialsError, match=r"It is down\.") as raised:
        at(service, provider, 3602)  # not asked again so soon
    assert raised.value.advice == "Wait."
    assert service.calls == 4
    assert at(service, provider, 3632) == "5"


def test_a_clock_that_is_ahead_does_not_fetch_for_every_request() -> None:
    service = Service(life=-7200)
    provider = service.refreshing()
    assert [at(service, provider, now) for now in (0, 59, 61)] == ["1", "1", "2"]


STEPS = st.lists(st.tuples(st.floats(0, 4000), st.booleans()), max_size=30)


@given(STEPS, st.sampled_from([90.0, 900.0, 3600.0, 43_200.0]))
def test_whatever_happens_what_is_handed_out_holds(
    steps: list[tuple[float, bool]], life: float
) -> None:
    """Credentials that are handed out have not ended, and only what has ended is an error."""
    service = Service(life)
    provider, ends = service.refreshing(), 0.0
    for pause, down in steps:
        service.now, service.down = service.now + pause, down
        before = service.calls
        try:
            found = provider.credentials()
        except CredentialsError:
            assert service.now >= ends
        else:
            assert found.expires is not None
            assert service.now < found.expires
            ends = found.expires
        assert service.calls - before <= 1


def _together(number: int, work: Callable[[], object]) -> None:
    barrier = Barrier(number)

    def start() -> None:
        barrier.wait(20)
        work()

    threads = [Thread(target=start) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_threads_that_have_nothing_wait_for_one_and_share_what_it_gets() -> None:
    service, got = Service(), []
    provider = service.refreshing()
    _together(32, lambda: got.append(provider.credentials().key_id))
    assert got == ["1"] * 32
    assert service.calls == 1


def test_threads_that_have_some_do_not_wait_for_the_one_that_renews() -> None:
    service, slow, started = Service(), Event(), Event()

    def fetch() -> Credentials:
        if service.calls:
            started.set()
            slow.wait(20)
        return service.fetch()

    provider = Refreshing("a service", fetch, clock=lambda: service.now)
    provider.credentials()
    service.now = 2800
    renewing = Thread(target=provider.credentials)
    renewing.start()
    started.wait(20)
    assert provider.credentials().key_id == "1"
    slow.set()
    renewing.join(20)
    assert provider.credentials().key_id == "2"


def test_a_thread_that_waited_takes_what_the_other_got() -> None:
    service, slow, started = Service(), Event(), Event()

    def fetch() -> Credentials:
        started.set()
        slow.wait(20)
        return service.fetch()

    provider = Refreshing("a service", fetch, clock=lambda: service.now)
    threads = [Thread(target=provider.credentials) for _ in range(2)]
    for thread in threads:
        thread.start()
    started.wait(20)
    slow.set()
    for thread in threads:
        thread.join(20)
    assert service.calls == 1


def test_a_real_service_is_asked_again_when_its_credentials_near_their_end() -> None:
    now = [0.0]
    with answering(lambda _method, _url: success({"Code": "Success", **key()})) as server:
        provider = uri("a server", Search({}), server.url, "it")
        provider._clock = lambda: now[0]
        first = provider.credentials()
        assert first.expires
        now[0] = first.expires - 60
        provider.credentials()
    assert len(server.lines) == 2
