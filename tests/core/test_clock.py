from datetime import UTC, datetime, timedelta

import pytest

from moothall.core import clock as core_clock
from tests.conftest import MovableClock


def test_it_runs_with_the_machine_when_nothing_moves_it(settings):
    settings.CLOCK_FILE = None
    before = core_clock.machine_now()
    assert before <= core_clock.now() <= before + timedelta(seconds=5)
    assert core_clock.now().tzinfo is UTC


def test_it_stands_still_where_it_is_set_and_moves_on_request(clock: MovableClock):
    assert clock.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert clock.now() == clock.now()
    assert clock.advance(days=2, hours=1) == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert clock.set("2026-07-01T09:00") == datetime(2026, 7, 1, 8, tzinfo=UTC)  # London is an hour ahead by then


def test_a_running_clock_keeps_its_distance_from_the_machine(clock: MovableClock):
    core_clock.set_to(datetime(2030, 1, 1, tzinfo=UTC), running=True)
    first = core_clock.now()
    assert first - datetime(2030, 1, 1, tzinfo=UTC) < timedelta(seconds=10)
    core_clock.advance(timedelta(days=1))
    assert timedelta(days=1) <= core_clock.now() - first < timedelta(days=1, seconds=10)


@pytest.mark.parametrize("words", ["soon", "2026-03-02T09:00", "+soon", "+1e999999", "--5"])
def test_a_clock_file_nobody_can_read_is_an_error_not_a_guess(clock: MovableClock, words: str):
    clock.file.write_text(words)
    with pytest.raises(core_clock.ClockError):
        core_clock.now()


def test_an_empty_or_missing_file_leaves_the_clock_alone(clock: MovableClock):
    clock.file.unlink()
    assert abs(core_clock.now() - core_clock.machine_now()) < timedelta(seconds=5)
    clock.file.write_text("\n")
    assert abs(core_clock.now() - core_clock.machine_now()) < timedelta(seconds=5)


def test_without_a_clock_file_it_cannot_be_moved(settings):
    settings.CLOCK_FILE = None
    with pytest.raises(core_clock.ClockError, match="MOOTHALL_CLOCK_FILE"):
        core_clock.advance(timedelta(days=1))


def test_a_moment_without_a_zone_is_refused(clock: MovableClock):
    with pytest.raises(core_clock.ClockError, match="zone"):
        core_clock.set_to(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - the mistake under test
