"""Where a mail belongs: what only we can have made comes first, what anybody may have written proves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tickets.email.threading import OLD, Arrived, Known, Place, Thread

SAM, MALLORY = "sam@customer.example", "mallory@evil.example"
PARCEL, BILL = 5, 6  # tickets
THREAD = Thread(
    {PARCEL: Known(1005, {SAM}), BILL: Known(1006, {"priya@mail.example"})}, numbered=lambda number: number == 1006
)
BY_SAM = Arrived(SAM, MONDAY)
PROVED, HEARSAY = True, False


def place(**facts: object) -> Place:
    return THREAD.place(replace(BY_SAM, **facts))  # type: ignore[arg-type]


def test_a_mail_that_names_nothing_is_a_new_matter() -> None:
    assert Place() == place()


def test_the_address_that_it_was_sent_to_comes_before_what_it_answers() -> None:
    assert Place(PARCEL) == place(signed=[PARCEL], named=[([BILL], PROVED)])


def test_the_nearest_id_counts() -> None:
    assert Place(PARCEL) == place(named=[([99], PROVED), ([PARCEL], PROVED), ([BILL], PROVED)])


def test_a_known_id_joins_only_somebody_who_is_on_that_ticket() -> None:
    """A stranger may have seen it, or have used it first."""
    assert Place(PARCEL) == place(named=[([BILL, PARCEL], HEARSAY)])
    assert Place(relation="mentions", related=1005) == place(author=MALLORY, named=[([PARCEL], HEARSAY)])
    assert Place(relation="mentions", related=1005) == place(author="", named=[([PARCEL], HEARSAY)])


@pytest.mark.parametrize("how", [{"signed": [PARCEL]}, {"named": [([PARCEL], PROVED)]}])
def test_a_stranger_with_a_mark_of_ours_is_heard_by_staff_only(how: dict[str, object]) -> None:
    """CVE-2024-49193: whoever comes by an address of ours learns nothing and is nobody's colleague."""
    assert Place(PARCEL, stranger=True) == place(author=MALLORY, **how)
    assert Place(PARCEL, stranger=True) == place(author="", **how)


def test_whoever_fails_a_check_is_a_stranger() -> None:
    assert Place(PARCEL, stranger=True) == place(believed=False, signed=[PARCEL])
    assert Place(relation="mentions", related=1005) == place(believed=False, named=[([PARCEL], HEARSAY)])


def test_a_number_in_the_subject_joins_nothing() -> None:
    assert Place(relation="mentions", related=1006) == place(subject="Re: [#1006] My bill")
    assert Place() == place(subject="#77 and #99999999999999999999")


def test_an_answer_to_what_was_settled_long_ago_is_a_matter_of_its_own() -> None:
    def settled(ago: timedelta) -> Thread:
        return Thread({PARCEL: Known(1005, {SAM}, done_since=MONDAY - ago)})

    mail = replace(BY_SAM, signed=[PARCEL])
    assert Place(PARCEL) == settled(OLD).place(mail)
    assert Place(relation="follows", related=1005) == settled(OLD + timedelta(seconds=1)).place(mail)
    assert Place(PARCEL) == settled(OLD * 2).place(replace(mail, robot=True))


def test_a_machine_is_nobodys_stranger() -> None:
    assert Place(PARCEL) == place(author="mailer-daemon@customer.example", robot=True, signed=[PARCEL])


def test_a_ticket_that_is_not_there_is_not_joined() -> None:
    assert Place() == place(signed=[404], named=[([405], PROVED), ([406], HEARSAY)])
