"""Words for the codes of a plan and names for its weeks, as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from riskplan.text.catalogue import missing, say


def word(group: str, code: str, lang: str) -> str:
    """Return the word for a code, the code itself when the catalogue has none.

    Parameters
    ----------
    group
        Group of codes, e.g. ``tier``, ``stage``, ``limit``.
    code
        The code, e.g. ``red``.
    lang
        ``zh`` or ``en``.
    """
    key = f"word.{group}.{code}"
    return code if missing(key) else say(key, lang)


def week_text(label: str, first: dt.date, last: dt.date, lang: str) -> str:
    """Return a week with its months first, the way officials speak of it.

    Parameters
    ----------
    label
        ISO label such as ``2027-W12``.
    first, last
        First and last day meant.
    lang
        ``zh`` or ``en``.
    """
    year, _, number = label.partition("-W")
    span = _span(first, last, lang)
    if lang == "en":
        return say("word.week", lang, span=span, label=label)
    name = say("word.week_number", lang, number=int(number))
    if year != str(last.year):
        name = say("word.week_number_of_year", lang, year=year, number=int(number))
    return say("word.week", lang, span=span, label=name)


def week_texts(
    labels: Sequence[str],
    week_of_day: npt.NDArray[np.int64],
    dates: npt.NDArray[np.datetime64],
    is_workday: npt.NDArray[np.bool_],
    lang: str,
) -> tuple[str, ...]:
    """Return the weeks of a horizon in words: from first to last workday, or day where there is no workday.

    Parameters
    ----------
    labels
        ISO labels, n_weeks of them.
    week_of_day
        shape (n_days,), index of the week of each day.
    dates, is_workday
        shape (n_days,).
    lang
        ``zh`` or ``en``.
    """
    days = dates.astype("datetime64[D]")
    texts = []
    for week, label in enumerate(labels):
        in_week = week_of_day == week
        chosen = days[in_week & is_workday] if (in_week & is_workday).any() else days[in_week]
        texts.append(week_text(label, chosen[0].item(), chosen[-1].item(), lang))
    return tuple(texts)


def day_text(day: dt.date, lang: str) -> str:
    """Return a day with its weekday, such as ``3月23日 周二`` or ``Tue 23 Mar``."""
    return say(
        "word.day",
        lang,
        month=_month(day, lang),
        day=day.day,
        weekday=say(f"word.weekday.{day.isoweekday()}", lang),
    )


def _span(first: dt.date, last: dt.date, lang: str) -> str:
    def plain(day: dt.date) -> str:
        return say("word.month_day", lang, month=_month(day, lang), day=day.day)

    if first == last:
        return plain(first)
    if lang == "en":
        start = str(first.day) if first.month == last.month else plain(first)
        return f"{start}-{plain(last)}"
    return f"{plain(first)}—{plain(last)}"


def _month(day: dt.date, lang: str) -> str:
    return say(f"word.month.{day.month}", lang)
