"""A lecture as a calendar file, for the phone's own calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

if TYPE_CHECKING:
    from datetime import datetime

    from app.courses.models import Lecture


def calendar_file(lecture: Lecture, *, stamp: datetime, reminder: str) -> bytes:
    """The file (RFC 5545), with a reminder two hours before the start."""
    calendar = Calendar()
    calendar.add("prodid", "-//Xingfu//Lectures//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"{lecture.id.hex}@xingfu")
    event.add("dtstamp", stamp)
    event.add("dtstart", lecture.starts_at)
    event.add("dtend", lecture.ends_at)
    event.add("summary", lecture.topic)
    event.add("location", " ".join(filter(None, (lecture.venue.name, lecture.venue.address))))
    event.add("status", "CANCELLED" if lecture.is_cancelled else "CONFIRMED")
    event.add_component(_alarm(reminder))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _alarm(reminder: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", reminder)
    alarm.add("trigger", timedelta(hours=-2))
    return alarm
