"""Languages, and how days and moments read: Chinese first, English complete.

In templates: ``{{ moment|format_moment }}``, ``{{ day|format_day }}``, ``{{ moment|format_clock }}``,
``{{ start|format_span(end) }}``, ``{{ start|format_hours(end) }}``, ``{{ moment|format_since }}``,
``{{ day|format_weekday }}`` and ``{{ day|format_month }}``. All show the district's wall clock.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.dates import format_datetime, format_timedelta
from flask import has_request_context
from flask_babel import Babel, get_locale, get_translations
from flask_babel import gettext as _

from app.core import clock
from app.core.words import instrument_name
from app.web import cookies
from app.web.catalogues import directories

if TYPE_CHECKING:
    from flask import Flask

DEFAULT = "zh"
LOCALES = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en")}
HTML_LANG = {"zh": "zh-Hans-CN", "en": "en"}
PATTERNS = {
    "zh": {
        "day": "M月d日 EEE",
        "full day": "y年M月d日 EEE",
        "clock": "HH:mm",
        "weekday": "EEEE",
        "month": "y年M月",
        "short weekday": "EEE",
        "short month": "M月",
        "day number": "d",
    },
    "en": {
        "day": "EEE d MMM",
        "full day": "EEE d MMM y",
        "clock": "HH:mm",
        "weekday": "EEEE",
        "month": "MMMM y",
        "short weekday": "EEE",
        "short month": "MMM",
        "day number": "d",
    },
}


def init_app(app: Flask) -> None:
    """Merge the catalogues of all domains and add the filters."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(path) for path in directories())
    app.config["BABEL_DEFAULT_LOCALE"] = str(LOCALES[DEFAULT])
    Babel().init_app(app, locale_selector=_chosen_locale)
    _speak_quickly(app)
    app.jinja_env.filters.update(
        instrument_name=instrument_name,
        format_moment=format_moment,
        format_day=format_day,
        format_clock=format_clock,
        format_hours=format_hours,
        format_span=format_span,
        format_since=format_since,
        format_weekday=format_weekday,
        format_month=format_month,
        format_weekday_short=format_weekday_short,
        format_month_short=format_month_short,
        format_day_number=format_day_number,
    )


def _speak_quickly(app: Flask) -> None:
    """Find each language's sentences once: a page says twenty, and finding the catalogue takes longer than saying."""
    known: dict[str, Any] = {}

    def sentences() -> Any:
        language = chosen_language()
        if language not in known:
            known[language] = get_translations()
        return known[language]

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: sentences().ugettext(message),
        lambda one, many, number: sentences().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, message: sentences().upgettext(context, message),
        npgettext=lambda context, one, many, number: sentences().unpgettext(context, one, many, number),
    )


def chosen_language() -> str:
    """``zh`` or ``en``: what this person chose, else Chinese."""
    chosen = (cookies.read("lang") or DEFAULT) if has_request_context() else DEFAULT
    return chosen if chosen in LOCALES else DEFAULT


def format_day(day: date | None) -> str:
    """A day with its weekday, and its year when that is not the present one: ``11月22日 周日``."""
    if day is None:
        return ""
    local = _on_the_wall(day)
    return _format(local, "day" if local.year == clock.today().year else "full day")


def format_clock(moment: datetime | None) -> str:
    """The time of day: ``19:05``."""
    return "" if moment is None else _format(_on_the_wall(moment), "clock")


def format_moment(moment: datetime | None) -> str:
    """A day and a time: ``11月22日 周日 19:05``."""
    return "" if moment is None else f"{format_day(moment)} {format_clock(moment)}"


def format_hours(start: datetime, end: datetime) -> str:
    """From one time of day to another: ``19:05–20:30``, ``23:30–次日 00:30``."""
    nights = (_on_the_wall(end).date() - _on_the_wall(start).date()).days
    ends = _("%(clock)s the next day", clock=format_clock(end)) if nights == 1 else format_clock(end)
    return f"{format_clock(start)}–{ends}"


def format_span(start: datetime, end: datetime) -> str:
    """From one moment to another, naming the day once: ``11月22日 周日 19:00–20:30``."""
    nights = (_on_the_wall(end).date() - _on_the_wall(start).date()).days
    if nights > 1:
        return f"{format_moment(start)}–{format_moment(end)}"
    return f"{format_day(start)} {format_hours(start, end)}"


def format_since(moment: datetime | None) -> str:
    """How long ago, or in how long: ``3天前``."""
    if moment is None:
        return ""
    return format_timedelta(moment - clock.now(), add_direction=True, threshold=1.2, locale=_locale())


def format_weekday(day: date) -> str:
    """The name of the weekday: ``星期日``."""
    return _format(_on_the_wall(day), "weekday")


def format_month(day: date) -> str:
    """A month: ``2026年11月``."""
    return _format(_on_the_wall(day), "month")


def format_weekday_short(day: date) -> str:
    """The weekday in a narrow column: ``周日``."""
    return _format(_on_the_wall(day), "short weekday")


def format_month_short(day: date) -> str:
    """The month on a calendar leaf: ``11月``."""
    return _format(_on_the_wall(day), "short month")


def format_day_number(day: date) -> str:
    """The number on a calendar leaf: ``22``."""
    return _format(_on_the_wall(day), "day number")


def _on_the_wall(day: date) -> datetime:
    if isinstance(day, datetime):
        return clock.local(day)
    return datetime(day.year, day.month, day.day, tzinfo=clock.LOCAL)


def _format(local: datetime, pattern: str) -> str:
    locale = _locale()
    return str(format_datetime(local, PATTERNS[locale.language][pattern], tzinfo=clock.LOCAL, locale=locale))


def _locale() -> Locale:
    return get_locale() or LOCALES[DEFAULT]


def _chosen_locale() -> Locale:
    return LOCALES[chosen_language()]
