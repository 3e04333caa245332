"""The two weeks after the storm: ordinary days, what was still to be delivered, and the claims of the nine."""

from datetime import date, datetime, timedelta

from generator import weather
from generator.clock import days, text
from generator.machines import END as START

#: The end of the day on which September's claims are due.
END = datetime(2022, 10, 11)
MINUTE = timedelta(minutes=1)


def on(month, day, clock):
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(2022, month, day, hour, minute)


#: What was left on Monday, by site: engineer, task, on site, done.
WORK = {
    "みほ医院": [("eng-2", "deliver", on(9, 28, "14:05"), on(9, 28, "15:40"))],
}
#: Power and line are there again, as the engineer who brings the machine finds.
POWERED = {"みほ医院": (on(9, 28, "14:10"), "eng-2")}
#: When what was brought after Monday is first heard; the others ran on already.
HEARD_FROM = {"みほ医院": on(9, 28, "15:12")}
#: The claims of each: when the office had them together, and when they went out.
CLAIMS = {
    "瀬名耳鼻咽喉科": (on(10, 3, "14:00"), on(10, 5, "11:20")),
    "用宗小児科": (on(10, 3, "16:10"), on(10, 5, "15:05")),
    "みほ医院": (on(10, 6, "15:30"), on(10, 8, "11:40")),
    "巴川内科": (on(10, 4, "13:15"), on(10, 6, "10:25")),
    "草薙整形外科": (on(10, 4, "15:40"), on(10, 6, "16:00")),
    "大村眼科": (on(10, 5, "10:05"), on(10, 6, "17:10")),
    "北脇内科クリニック": (on(10, 5, "13:50"), on(10, 7, "09:45")),
    "興津歯科クリニック分院": (on(10, 5, "16:20"), on(10, 7, "13:30")),
    "岡部内科": (on(10, 3, "10:30"), on(10, 4, "14:15")),
}


class Aftermath:
    def __init__(self, fleet, random):
        self.fleet, self.random = fleet, random
        self.lines = []
        for agent in fleet.agents:
            self._agent(agent)
        # The weather service goes on; a feed that says nothing for days would be no promise of good weather.
        for day in list(days(START.date(), date(2022, 10, 10)))[::2]:
            issued = datetime(day.year, day.month, day.day, 5, 12)
            received = issued + timedelta(seconds=48)
            self.lines.append((received, {"at": text(received), "hazard": {"xml": weather.calm(issued)}}))
        for site in fleet.sites:
            if site.hit:
                self._work(site)
                self._claims(site)

    def _agent(self, agent):
        site = agent.site
        first = START
        if site.hit:
            # What drowned stays silent; the server's place is taken by what was brought.
            if agent.device == "mirror" and site.hit.damage.get("mirror") == "lost":
                return
            if agent.device == "server" and site.hit.rung == "R2":
                return
            first = HEARD_FROM.get(site.name, START)
        # A mirror that has taken a server's place runs as that did, day and night.
        is_server = bool(site.hit and site.hit.rung == "R2" and site.hit.device)
        if agent.rhythm == "always" or is_server:
            begin = first + timedelta(seconds=self.random.randint(1, agent.interval))
            self._heard(agent, begin, END)
            return
        for day in days(first.date(), date(2022, 10, 10)):
            opening = site.hours.day(day)
            if not opening:
                continue
            begin = opening[0] - timedelta(minutes=self.random.randint(2, 28), seconds=self.random.randint(0, 59))
            end = opening[1] + timedelta(minutes=self.random.randint(3, 50), seconds=self.random.randint(0, 59))
            if end > first:
                self._heard(agent, max(begin, first), end)

    def _heard(self, agent, first, last):
        beats = (last - first) // timedelta(seconds=agent.interval)
        until = first + beats * timedelta(seconds=agent.interval)
        self.lines.append((first, {"at": text(first), "heard": {"agent": agent.id, "until": text(until)}}))

    def _work(self, site):
        for engineer, kind, begin, end in WORK.get(site.name, []):
            for when, to in (
                (begin - 80 * MINUTE, "accepted"),
                (begin - 45 * MINUTE, "travelling"),
                (begin, "onSite"),
                (end, "done"),
            ):
                self._task(when, site, kind, to, engineer)
        if site.name in POWERED:
            when, by = POWERED[site.name]
            damage = {"site": site.id, "power": True, "network": True, "by": by, "at": text(when)}
            self.lines.append((when, {"at": text(when), "damage": damage}))

    def _claims(self, site):
        """The office's claims clerk puts them together; then they go out."""
        together, out = CLAIMS[site.name]
        for when, to in ((together - 60 * MINUTE, "accepted"), (together - 50 * MINUTE, "onSite"), (together, "done")):
            self._task(when, site, "claims", to, "eng-6")
        self.lines.append((out, {"at": text(out), "claims": {"site": site.id, "submittedAt": text(out)}}))

    def _task(self, when, site, kind, to, engineer):
        self.lines.append(
            (when, {"at": text(when), "task": {"site": site.id, "kind": kind, "to": to, "engineer": engineer}})
        )
