"""Where a mail belongs: what only we can have made comes first, what anybody may have written proves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tickets.email.threading import OLD, Arrived, Because, Known, Named, Place, Private, Thread, tag_of

SAM, MALLORY = "sam@customer.example", "mallory@evil.example"
PARCEL, BILL = 5, 6  # tickets
THREAD = Thread(
    {PARCEL: Known(1005, {SAM}), BILL: Known(1006, {"priya@mail.example"})}, numbered=lambda number: number == 1006
)
BY_SAM = Arrived(SAM, MONDAY)


def place(**facts: object) -> Place:
    return THREAD.place(replace(BY_SAM, **facts))  # type: ignore[arg-type]


def ours(*tickets: int, header: Because = Because.IN_REPLY_TO) -> Named:
    """An id that only this desk can have made."""
    return Named(tickets, True, header)


def hearsay(*tickets: int, header: Because = Because.IN_REPLY_TO) -> Named:
    """An id that anybody may have used."""
    return Named(tickets, False, header)


def test_a_mail_that_names_nothing_is_a_new_matter() -> None:
    assert Place() == place()


def test_the_address_that_it_was_sent_to_comes_before_what_it_answers() -> None:
    assert Place(PARCEL, Because.ADDRESS) == place(signed=[PARCEL], named=[ours(BILL)])


def test_a_report_comes_to_the_mail_that_it_is_about() -> None:
    assert Place(PARCEL, Because.REPORT) == place(reported=[PARCEL], signed=[BILL], robot=True)


def test_the_nearest_id_counts() -> None:
    named = [ours(99), ours(PARCEL, header=Because.REFERENCES), ours(BILL, header=Because.REFERENCES)]
    assert Place(PARCEL, Because.REFERENCES) == place(named=named)


def test_what_it_answers_comes_before_the_thread_whoever_made_the_ids() -> None:
    assert Place(PARCEL, Because.IN_REPLY_TO) == place(named=[hearsay(PARCEL), ours(BILL, header=Because.REFERENCES)])


def test_a_known_id_is_for_somebody_who_is_on_that_ticket() -> None:
    """A stranger may have seen it, or have used it first."""
    assert Place(PARCEL, Because.IN_REPLY_TO) == place(named=[hearsay(BILL, PARCEL)])
    assert Place(PARCEL, Because.REFERENCES) == place(named=[hearsay(BILL), hearsay(PARCEL, header=Because.REFERENCES)])


def test_whoever_was_in_copy_goes_on_with_the_thread_among_staff() -> None:
    """CVE-2026-47123: In-Reply-To may thread and never authenticates. Nobody at all, or a liar, joins nothing."""
    mallory = place(author=MALLORY, named=[hearsay(PARCEL)])
    assert Place(PARCEL, Because.IN_REPLY_TO, Private.STRANGER) == mallory
    outside = Place(because=Because.OUTSIDER, relation="mentions", related=1005)
    assert outside == place(author="", named=[hearsay(PARCEL)])
    assert outside == place(believed=False, named=[hearsay(PARCEL)])


@pytest.mark.parametrize(
    ("how", "why"), [({"signed": [PARCEL]}, Because.ADDRESS), ({"named": [ours(PARCEL)]}, Because.IN_REPLY_TO)]
)
def test_a_stranger_with_a_mark_of_ours_is_heard_by_staff_only(how: dict[str, object], why: Because) -> None:
    """CVE-2024-49193: whoever comes by an address of ours learns nothing and is nobody's colleague."""
    assert Place(PARCEL, why, Private.STRANGER) == place(author=MALLORY, **how)
    assert Place(PARCEL, why, Private.STRANGER) == place(author="", **how)
    assert Place(PARCEL, why, Private.UNPROVED) == place(believed=False, **how)


def test_nobody_speaks_for_us_by_mail() -> None:
    assert Place(PARCEL, Because.ADDRESS, Private.COLLEAGUE) == place(
        author="ada@shop.example", colleague=True, signed=[PARCEL]
    )


def test_a_tag_in_the_subject_joins_only_who_is_on_that_ticket() -> None:
    """A number can be guessed."""
    tagged = {"subject": "Re: [#1006] My bill", "tagged": [BILL]}
    assert Place(BILL, Because.TAG) == place(author="priya@mail.example", **tagged)
    assert Place(BILL, Because.TAG, Private.COLLEAGUE) == place(author="ada@shop.example", colleague=True, **tagged)
    outside = Place(because=Because.OUTSIDER, relation="mentions", related=1006)
    assert outside == place(**tagged)
    assert outside == place(author="priya@mail.example", believed=False, **tagged)
    assert outside == place(author="priya@mail.example", robot=True, **tagged)


def test_only_brackets_make_a_tag() -> None:
    assert Place(because=Because.OUTSIDER, relation="mentions", related=1006) == place(subject="About #1006")
    assert Place() == place(subject="#77 and #99999999999999999999")
    assert [1006, None, None] == [tag_of(subject) for subject in ("Re: [#1006] Hi", "#1006", "[1006]")]


def test_an_answer_to_what_was_settled_long_ago_is_a_matter_of_its_own_if_it_has_another_subject() -> None:
    def settled(ago: timedelta) -> Thread:
        return Thread({PARCEL: Known(1005, {SAM}, MONDAY - ago, {"My parcel"})})

    other = replace(BY_SAM, signed=[PARCEL], subject="Re: Something else")
    joined = Place(PARCEL, Because.ADDRESS)
    follows = Place(because=Because.OLD, relation="follows", related=1005)
    assert joined == settled(OLD).place(other)
    assert follows == settled(OLD + timedelta(seconds=1)).place(other)
    assert joined == settled(OLD * 2).place(replace(other, robot=True))
    for same in ("AW: Re: [#1005] My  Parcel", "", "答复: my parcel"):
        assert joined == settled(OLD * 2).place(replace(other, subject=same))


def test_a_machine_is_nobodys_stranger() -> None:
    assert Place(PARCEL, Because.ADDRESS) == place(author="mailer-daemon@customer.example", robot=True, signed=[PARCEL])


def test_a_ticket_that_is_not_there_is_not_joined() -> None:
    assert Place() == place(signed=[404], named=[ours(405), hearsay(406)], tagged=[407])
