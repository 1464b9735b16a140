"""Opening hours: days off from a file, what comes in the next days, and what cannot be taken away (rows 44 and 45)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chat.site import SiteForm, add_site
from routing.calendars import BusinessCalendar
from routing.hours import Calendar, add_calendar
from routing.queues import Delivery, add_queue
from routing.sla.policy import Terms, add_policy
from tests.server.at_work import step
from tests.server.doorstep import Doorstep, a_whole_house, hire
from tests.server.reading import beside, fields_of, in_field, rows, tree
from tickets.change import Change
from tickets.people import Role

__all__ = ["step"]
OFFICE = {"name": "Office", "zone": "Europe/Berlin", **{f"day{n}": "09:00-12:30, 13:30-18:00" for n in range(5)}}
HOLIDAYS = b"""BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261225
DTEND;VALUE=DATE:20261227
SUMMARY:Christmas
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261220
SUMMARY:\xe5\x85\x83\xe6\x97\xa6 \xe8\xa1\xa5\xe7\x8f\xad
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270101
SUMMARY:New Year
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20000229
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
DTSTART:20261224T120000Z
END:VEVENT
END:VCALENDAR
"""


def reads(step: Doorstep, path: str, form: dict[str, Any], file: bytes) -> Any:
    """Press "Read the file" with what is typed and a file."""
    token = in_field(step.open(path), "csrf").get("value")
    data = {"csrf": token, "read": "yes", **form}
    files = {"holidays": ("days.ics", file, "text/calendar")}
    return step.client.post(path, data=data, files=files, headers=step.manners)


def days_in(page: Any) -> list[str]:
    return str(in_field(page, "days").text).split("\n")[1:]


def ahead(page: Any) -> list[list[str]]:
    """The rows under "The next seven days" and what follows them, cell by cell."""
    return [row.xpath("dt/text() | dd/text()") for row in tree(page).xpath("//dl[@class='ahead']/div")]


def test_a_file_brings_days_that_are_looked_over_before_they_are_saved(step: Doorstep) -> None:
    typed = {**OFFICE, "name": "Still typing", "days": "2027-01-01 10:00-12:00"}
    page = reads(step, "/app/admin/hours/new", typed, HOLIDAYS)

    assert 200 == page.status_code
    assert [
        "02-29",
        "2026-12-20 09:00-12:30, 13:30-18:00",
        "2026-12-25",
        "2026-12-26",
        "2027-01-01 10:00-12:00",
    ] == days_in(page)
    assert "Still typing" == in_field(page, "name").get("value")
    said = " ".join(tree(page).xpath("//*[@role='status']")[0].text_content().split())
    assert "Days found: 5." in said
    assert "worked though they are days of rest: 1" in said
    assert "repeat in another way: 1" in said
    assert [] == step.look(rows(Calendar))

    assert 303 == step.submit("/app/admin/hours/new", fields_of(page)).status_code
    hours = step.look(rows(Calendar))[0].hours
    assert {date(2026, 12, 25), date(2026, 12, 26)} == hours.closed
    assert {(2, 29): ()} == hours.yearly


def test_a_file_that_is_none_is_refused_beside_its_field(step: Doorstep) -> None:
    for file, says in (
        (b"Date,Name\n2026-12-25,Christmas", "This is not a calendar file. Choose one that ends in .ics."),
        (b"", "Choose a file first."),
        (b"BEGIN:VCALENDAR\n" + b"x" * 300_000, "The file is too big: calendars have at most 256 KB."),
    ):
        page = reads(step, "/app/admin/hours/new", {**OFFICE, "days": "2026-12-25"}, file)
        assert (422, says) == (page.status_code, beside(page, "holidays"))
        assert ["2026-12-25"] == days_in(page)


def test_days_that_would_close_it_for_good_are_refused_beside_where_they_came_from(step: Doorstep) -> None:
    """Typed, from a file, or by its only day being over; what was typed stays as it is."""
    never = "it would never be open in the next two years."
    every_day = [f"{date(2024, 1, 1) + timedelta(days=n):%Y%m%d}" for n in range(366)]
    event = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:{}\nRRULE:FREQ=YEARLY\nEND:VEVENT\n"
    file = f"BEGIN:VCALENDAR\n{''.join(event.format(day) for day in every_day)}END:VCALENDAR\n".encode()
    page = reads(step, "/app/admin/hours/new", {**OFFICE, "days": "2026-12-25"}, file)
    assert (422, f"With these days {never}") == (page.status_code, beside(page, "holidays"))
    assert ["2026-12-25"] == days_in(page)

    shut = "\n".join(f"{day[4:6]}-{day[6:]}" for day in every_day)
    over = {**OFFICE, **{f"day{n}": "" for n in range(7)}, "days": "2026-11-20 09:00-12:00"}
    for form in ({**OFFICE, "days": shut}, over):
        page = step.submit("/app/admin/hours/new", form)
        assert (422, f"With these hours {never}") == (page.status_code, beside(page, "days"))
        assert form["days"].split("\n") == days_in(page)
    assert [] == step.look(rows(Calendar))


def test_days_that_cannot_be_read_are_said_before_a_file_adds_to_them(step: Doorstep) -> None:
    page = reads(step, "/app/admin/hours/new", {**OFFICE, "days": "Christmas"}, HOLIDAYS)

    assert (422, True) == (page.status_code, beside(page, "days").startswith("Each line begins with a day"))
    assert ["Christmas"] == days_in(page)


def test_the_next_seven_days_are_shown_as_they_will_be(step: Doorstep) -> None:
    """The story's Monday is the 23rd of November 2026."""
    step.submit("/app/admin/hours/new", {**OFFICE, "days": "2026-11-24\n2026-11-28 10:00-14:00\n02-29"})
    page = step.open(f"/app/admin/hours/{step.look(rows(Calendar))[0].id}")

    usual = "09:00-12:30, 13:30-18:00"
    assert [
        ["Mon 23 Nov", usual], ["Tue 24 Nov", "Not open"], ["Wed 25 Nov", usual], ["Thu 26 Nov", usual],
        ["Fri 27 Nov", usual], ["Sat 28 Nov", "10:00-14:00"], ["Sun 29 Nov", "Not open"],
        ["02-29", "next on Tue, 29 Feb 2028"],
    ] == ahead(page)  # fmt: skip
    assert ["11月23日周一", usual] == ahead(step.open(str(page.url.path), **{"accept-language": "zh"}))[0]


def test_a_time_zone_that_is_gone_is_said_and_may_stay(step: Doorstep) -> None:
    def as_it_was(change: Change) -> int:
        calendar = add_calendar(change, "Olympus", BusinessCalendar("UTC", (((540, 1080),),) * 7))
        calendar.zone = "Mars/Olympus_Mons"
        return calendar.id

    path = f"/app/admin/hours/{step.change(as_it_was)}"
    page = step.open(path)
    assert "The time zone Mars/Olympus_Mons is not known any more" in page.text
    assert ["Mon 23 Nov", "09:00-18:00"] == ahead(page)[0]
    assert 303 == step.submit(path, {**fields_of(page), "name": "Mars"}).status_code
    assert ("Mars", "Mars/Olympus_Mons") == (lambda one: (one.name, one.zone))(step.look(rows(Calendar))[0])
    assert 422 == step.submit("/app/admin/hours/new", {**OFFICE, "zone": "Mars/Olympus_Mons"}).status_code


def test_overlapping_hours_are_refused_beside_their_day(step: Doorstep) -> None:
    page = step.submit("/app/admin/hours/new", {**OFFICE, "day2": "09:00-12:00, 11:00-13:00"})

    assert (422, "These hours overlap.") == (page.status_code, beside(page, "day2"))
    assert "09:00-12:00, 11:00-13:00" == in_field(page, "day2").get("value")
    assert [] == ahead(page)


def test_hours_that_something_is_open_by_are_not_removed(step: Doorstep) -> None:
    step.submit("/app/admin/hours/new", OFFICE)
    calendar = step.look(rows(Calendar))[0]
    path = f"/app/admin/hours/{calendar.id}"

    def by_these_hours(change: Change) -> None:
        queue = add_queue(change, "Support")
        queue.set_rules(change, delivery=Delivery.PULL, calendar_id=calendar.id)
        add_site(change, SiteForm(key="tea", name="Tea shop", calendar_id=calendar.id))

    step.change(by_these_hours)
    page = step.submit(f"{path}/remove", via=path)
    assert 409 == page.status_code
    assert "Queues, sites and policies with these hours: 2. Give them others first." in page.text

    assert 1 == len(step.look(rows(Calendar)))


def test_hours_that_a_promise_would_never_end_in_are_refused_and_the_policy_is_named(tmp_path: Path) -> None:
    """Row 44: a date that comes once a year is no office."""
    never = {"name": "Office", "zone": "Europe/Berlin", "days": "12-24 09:00-10:00"} | {f"day{n}": "" for n in range(7)}
    targets = {"first_reply": {"normal": {"minutes": 600, "business": True}}}
    with a_whole_house(tmp_path, url="https://desk.example") as house:
        house.change(hire, "Ines", Role.ADMIN)
        house.sign_in("Ines")
        house.submit("/app/admin/hours/new", OFFICE)
        (hours,) = house.look(rows(Calendar))
        house.change(add_policy, Terms("Gold", targets, calendar_id=hours.id))
        page = house.submit(f"/app/admin/hours/{hours.id}", never)

        assert 422 == page.status_code
        assert "the longest target of the policy Gold takes more than two years" in beside(page, "day0")
        assert hours.week == house.look(rows(Calendar))[0].week


def test_hours_that_nobody_needs_are_removed(step: Doorstep) -> None:
    step.submit("/app/admin/hours/new", OFFICE)
    path = f"/app/admin/hours/{step.look(rows(Calendar))[0].id}"

    assert 303 == step.submit(f"{path}/remove", via=path).status_code
    assert [] == step.look(rows(Calendar))
    assert 404 == step.open(path).status_code


def test_a_year_that_is_still_to_come_is_said_to_be_a_guess(step: Doorstep) -> None:
    """It is November 2026: what China will work next year stands in no announcement yet."""
    asked = {**OFFICE, "country": "CN", "part": "", "look": "yes"}
    says = "What the country has not announced yet for 2027 is a guess"

    assert says in tree(step.submit("/app/admin/hours/new", {**asked, "years": "2026-2027"})).text_content()
    assert says not in tree(step.submit("/app/admin/hours/new", {**asked, "years": "2026"})).text_content()


def test_a_countrys_days_are_looked_over_before_they_are_saved(step: Doorstep) -> None:
    """A weekend that China works is open at the hours of an ordinary day."""
    asked = {**OFFICE, "country": "CN", "part": "", "years": "2026", "days": "2026-12-24 09:00-12:00"}
    answer = step.submit("/app/admin/hours/new", {**asked, "look": "yes"})
    typed = fields_of(answer)["days"]

    assert "Days found: " in tree(answer).text_content()
    assert {"2026-02-17", "2026-02-14 09:00-12:30, 13:30-18:00", "2026-12-24 09:00-12:00"} <= set(typed.splitlines())
    assert [] == step.look(rows(Calendar))
    assert 303 == step.submit("/app/admin/hours/new", {**asked, "days": typed}).status_code
    (kept,) = step.look(rows(Calendar))
    assert kept.hours.spans(date(2026, 2, 14)) == ((540, 750), (810, 1080))


def test_a_part_that_is_none_is_refused_beside_its_field(step: Doorstep) -> None:
    answer = step.submit(
        "/app/admin/hours/new", {**OFFICE, "country": "DE", "part": "XX", "years": "2026", "look": "yes"}
    )
    assert "This country has no such part." in tree(answer).xpath("string(//*[@id='f-part-wrong'])")
