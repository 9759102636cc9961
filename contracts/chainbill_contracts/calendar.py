"""The calendar (日历): which days are business days.

A year that was decided has its public holidays and its working weekends (调休); a year that was not yet decided uses
Saturdays and Sundays alone, and what is computed from it is provisional. Only governance decides a year.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import require_date

gaps = read_table("core", "gap")  # "last" -> {"date", "stood_ms"}: how long the network stood still, in all
years = own_table("year")  # 2027 -> {"holidays": [date, …], "workdays": [date, …]}

LONGEST_SEARCH = 60  # days: no run of holidays is longer
MOST_SPECIAL_DAYS = 150
MOST_HOLIDAYS_A_MONTH = 20
MONTH = 31  # days
DAY_MS = 86400000
DIGITS = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9}


@init
def begin(calendar):
    """Take the years that are known when the network begins: [{"year", "holidays", "workdays"}]."""
    for entry in calendar:
        keep_year(entry["year"], entry["holidays"], entry["workdays"])


@internal("governance")
def decide_year(year, holidays, workdays):
    """Fix the holidays and the working weekends of one year."""
    keep_year(year, holidays, workdays)
    emit("year_decided", {"year": year, "holidays": len(holidays), "workdays": len(workdays)})


@internal("governance")
def check_year(year, holidays, workdays):
    """Refuse a year whose dates do not fit it, before anybody votes."""
    check_dates(year, holidays, workdays)


@internal("bill", "token", "finance", "settlement", "account", "party", "standing")
def business_day_from(date):
    """Return the first business day on or after `date`."""
    return first_working(date, {})


@internal("bill", "token", "finance", "settlement", "account", "party", "standing")
def business_day_before(date):
    """Return the last business day before `date`."""
    day = date
    known = {}
    for step in range(LONGEST_SEARCH):
        day = add_days(day, -1)
        if working(day, known):
            return day
    require(False, "no_business_day_near", {"date": date})


@internal(
    "account", "bill", "finance", "guarantee", "legal", "party", "pledge", "prepayment", "recourse", "sale",
    "settlement", "standing", "token",
)  # fmt: skip
def business_days_after(date, count):
    """Return the `count`-th business day after `date`; with count 0 `date` itself."""
    day = date
    known = {}
    for number in range(count):
        day = first_working(add_days(day, 1), known)
    return day


@internal("entry", "legal", "party", "recovery", "standing")
def end_of_72_hours(date):
    """Return the last day of the 72 hours that begin on `date`: the third day after, or the next business day if later.

    Friday 2027-03-05: Monday 03-08. Friday 2027-02-05, last business day before eight days of holidays: Monday 02-15,
    or Sunday 02-14 where that is a working weekend.
    """
    return max(add_days(date, 3), business_day_from(add_days(date, 1)))


@internal("account", "entry", "finance", "legal", "party", "recovery", "settlement", "standing")
def stood_ms():
    """Return for how long the network has stood still so far, in all."""
    gap = gaps.get("last")
    return 0 if gap is None else gap["stood_ms"]


@internal("account", "entry", "finance", "legal", "party", "recovery", "settlement", "standing")
def after_standstill(acts_on, allowed_ms):
    """Return {"acts_on", "allowed_ms"}: when what is to act on `acts_on` acts, since the network stood still meanwhile.

    No standstill is part of a wait whose end takes something from somebody who could act until then: say no to what is
    announced, ratify an order that acts, record money that has left. Such a wait grows by as many days, a part of one
    for a whole one, and its last day is a business day. What can be made again when it ends, or be taken back at any
    moment, ends on its day: an offer, a request, a quote, a question, a dispute, a ballot. allowed_ms: what `acts_on`
    allows for of all that the network stood still. What is left of a day counts the next time, so who stops it for some
    hours each day puts nothing off for ever. To act on Tuesday 2027-03-09, last day Monday, and the network stood still
    from Saturday to Tuesday, 70 hours, three days: last day Thursday, it acts on Friday 03-12.
    """
    days = (stood_ms() - allowed_ms + DAY_MS - 1) // DAY_MS
    if days <= 0:
        return {"acts_on": acts_on, "allowed_ms": allowed_ms}
    last_day = business_day_from(add_days(acts_on, days - 1))
    return {"acts_on": add_days(last_day, 1), "allowed_ms": allowed_ms + days * DAY_MS}


@internal("bill")
def undecided_years(dates):
    """Return the years of these dates that were not decided yet."""
    undecided = []
    for date in dates:
        if not years.has(year_of(date)):
            undecided += [year_of(date)]
    return undecided


@view
def is_business_day(date):
    """Say whether banks work on `date`."""
    require_date(date)
    return working(date, {})


def first_working(date, known):
    """The first business day on or after `date`. known: as in working."""
    day = date
    for step in range(LONGEST_SEARCH):
        if working(day, known):
            return day
        day = add_days(day, 1)
    require(False, "no_business_day_near", {"date": date})


def working(date, known):
    """Say whether banks work on `date`. known: the years that were looked up, by their four digits; it grows."""
    digits = date[:4]
    if digits not in known:
        known[digits] = years.get(year_of(date))
    year = known[digits]
    if year is not None:
        if date in year["workdays"]:
            return True
        if date in year["holidays"]:
            return False
    return weekday(date) <= 5


def year_of(date):
    """The year of an ISO date as a number: 2027 of "2027-03-31"."""
    return 1000 * DIGITS[date[0]] + 100 * DIGITS[date[1]] + 10 * DIGITS[date[2]] + DIGITS[date[3]]


def keep_year(year, holidays, workdays):
    """Write down the holidays and the working weekends of a year, in their order."""
    check_dates(year, holidays, workdays)
    years.put(year, {"holidays": sorted(holidays), "workdays": sorted(workdays)})


def check_dates(year, holidays, workdays):
    """The dates of a year are its own, of the right kind, and leave business days in every month.

    holidays, workdays: ISO dates. Of any 21 holidays in their order the last is 31 days after the first, or later.
    """
    require(kind_of(year) == "int" and year >= 2000 and year <= 2999, "year_not_valid")
    require(kind_of(holidays) == "list" and kind_of(workdays) == "list", "date_not_valid")
    require(len(holidays) + len(workdays) <= MOST_SPECIAL_DAYS, "too_many_special_days")
    for date in holidays:
        require(is_date(date) and year_of(date) == year, "date_not_valid", {"date": date})
    for date in workdays:
        require(is_date(date) and year_of(date) == year, "date_not_valid", {"date": date})
        require(date not in holidays, "day_both_holiday_and_workday", {"date": date})
        require(weekday(date) > 5, "workday_not_a_weekend", {"date": date})
    ordered = sorted(holidays)
    for number in range(MOST_HOLIDAYS_A_MONTH, len(ordered)):
        apart = days_between(ordered[number - MOST_HOLIDAYS_A_MONTH], ordered[number])
        require(apart >= MONTH, "too_many_holidays", {"date": ordered[number]})
