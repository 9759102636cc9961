"""The calendar."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "calendar.show": ("Holidays and working weekends of a year", "某一年的节假日与调休工作日"),
    "calendar.weekends_only": (
        "the year is not decided yet: weekends only, so payment dates in it are provisional",
        "该年日历尚未确定，仅按周末计算，应付日为暂定",
    ),
}
