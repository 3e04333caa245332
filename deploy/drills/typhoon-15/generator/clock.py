"""Time in Japan, and the opening hours that the drill's sites keep."""

from datetime import date, datetime, timedelta

WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
#: Public holidays in the drill's time (the autumnal equinox of 2022) and in the weeks after it.
HOLIDAYS = {date(2022, 9, 19), date(2022, 9, 23), date(2022, 10, 10)}


def at(day, clock="00:00:00"):
    """An instant of September 2022 in Japan: `at(24, "02:41")`."""
    parts = [int(part) for part in clock.split(":")] + [0]
    return datetime(2022, 9, day, parts[0], parts[1], parts[2])


def text(instant):
    """RFC 3339 with milliseconds and Japan's offset."""
    return instant.isoformat(timespec="milliseconds") + "+09:00"


def days(first, last):
    """The days from `first` to `last`, both included."""
    while first <= last:
        yield first
        first += timedelta(days=1)


class Hours:
    """Opening hours in the subset that the drill uses: weekdays, spans, `off`, `PH` and `24/7`."""

    def __init__(self, written):
        self.written = written
        self.week = {name: [] for name in WEEKDAYS + ["PH"]}
        self.always = written == "24/7"
        if self.always:
            return
        for rule in written.split("; "):
            names, spans = rule.split(" ", 1)
            for name in self._names(names):
                self.week[name] = [] if spans == "off" else [tuple(span.split("-")) for span in spans.split(",")]
        #: Holidays are like any other day unless the text says otherwise.
        self.knows_holidays = "PH" in written

    @staticmethod
    def _names(names):
        for piece in names.split(","):
            first, _, last = piece.partition("-")
            if last:
                yield from WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last) + 1]
            else:
                yield first

    def day(self, day):
        """Opening and closing of `day` with the lunch break inside; None on a day without hours."""
        if self.always:
            midnight = datetime(day.year, day.month, day.day)
            return midnight, midnight + timedelta(days=1)
        name = "PH" if day in HOLIDAYS and self.knows_holidays else WEEKDAYS[day.weekday()]
        spans = self.week[name]
        if not spans:
            return None
        midnight = datetime(day.year, day.month, day.day)
        return midnight + _clock(spans[0][0]), midnight + _clock(spans[-1][1])

    def last_closing(self, instant):
        """The newest closing before `instant`; None where there is none within ten days."""
        for back in range(10):
            opening = self.day(instant.date() - timedelta(days=back))
            if opening and opening[1] <= instant:
                return opening[1]
        return None


def _clock(written):
    hour, minute = written.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))
