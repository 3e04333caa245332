"""What the collector hears from the devices: boots, line losses and blackouts first, then the lines of the feed.

A device beats on a grid that begins with its boot. What it sends while its line is down arrives late, as one run.
"""

import hashlib
from datetime import datetime, timedelta

from generator.clock import HOLIDAYS, at, days, text
from generator.places import BLACKOUTS, POWER_ONLY_COUNT

START, END = at(21, "16:00"), at(26, "00:00")
MINUTE = timedelta(minutes=1)
VERSION = "1.4.0"


class Boot:
    """One run of a device from power on to power off. `farewell` is its last notice, if it sent one."""

    def __init__(self, start, end, farewell=None, on_battery=None):
        self.start, self.end, self.farewell = start, end, farewell
        #: When mains failed, where the device then ran on a UPS that reports.
        self.on_battery = on_battery


class Machines:
    def __init__(self, fleet, random):
        self.fleet, self.random = fleet, random
        candidates = [site for site in fleet.sites if not site.hit and site.power in BLACKOUTS]
        chosen = {site.id for site in random.sample(candidates, POWER_ONLY_COUNT)}
        self.power_only = [site for site in fleet.sites if site.id in chosen]
        self._dark = {site.id: BLACKOUTS[site.power] for site in self.power_only}
        #: Sites that open late on Saturday, or not at all: no water, flooded roads, staff that cannot come.
        near = [
            s
            for s in fleet.sites
            if s.municipality in ("22101", "22102", "22103", "22214") and not s.hit and s.id not in chosen
        ]
        open_near = [s for s in near if s.kind != "hospital" and s.hours.day(at(24).date())]
        self.hindered = {s.id: random.choice([70, 110, 180, None]) for s in random.sample(open_near, 6)}
        self.left_on = {
            a.id
            for a in random.sample(
                [a for a in fleet.agents if a.rhythm == "hours" and not a.site.hit and a.site.id not in chosen], 8
            )
        }
        #: Half of the PCs announce their shutdown.
        self._polite = {a.id: random.random() < 0.5 for a in fleet.agents}
        self.lines = []
        for agent in fleet.agents:
            self._agent(agent)

    def back_in_power(self, site):
        """When the lights of a power-only site came back."""
        return self._dark[site.id][1]

    def _agent(self, agent):
        if agent.canary:
            self._heard(agent, START + timedelta(seconds=self.random.randint(0, 19)), END)
            return
        boots = self._always(agent) if agent.rhythm == "always" else self._hours(agent)
        losses = self._line_losses(agent)
        for boot in boots:
            self._emit(agent, boot, losses)

    # Boots

    def _always(self, agent):
        random, site = self.random, agent.site
        start = START - timedelta(days=random.randint(2, 60), seconds=random.randint(0, 80_000))
        cuts = []
        # Windows servers install updates and restart at night; two nights fall into the drill.
        if agent.device == "server" and random.random() < 0.4:
            night = at(random.choice([22, 22, 24, 25]), "03:00") + timedelta(seconds=random.randint(0, 900))
            cuts.append(
                (night, night + timedelta(seconds=random.randint(200, 560)), ("update", night + 10 * MINUTE), None)
            )
        if site.hit:
            cuts = [(site.hit.at, site.hit.heard_again or END, None, None)]
            if site.name == "大村眼科":
                # Its street went dark first; the UPS held until the water came.
                cuts = [(at(24, "03:08:20"), END, "lastGasp", BLACKOUTS[site.power][0])]
        elif site.id in self._dark:
            dark, light = self._dark[site.id]
            cuts = [cut for cut in cuts if cut[1] < dark or cut[0] > light]
            dark += timedelta(seconds=random.randint(0, 3))
            light += timedelta(seconds=random.randint(90, 420))
            if agent.ups:
                runtime = timedelta(minutes=random.choice([7, 9, 12, 18, 25, 40, 85]))
                cuts.append(
                    (
                        dark + runtime,
                        light,
                        random.choice(["lastGasp", "lastGasp", "lastGasp", ("shutdown", None)]),
                        dark,
                    )
                )
            else:
                cuts.append((dark, light, None, None))
        boots = []
        for begin, back, farewell, battery in sorted(cuts, key=lambda cut: cut[0]):
            boots.append(Boot(start, begin, farewell, battery))
            start = back
        return boots + ([Boot(start, END)] if start < END else [])

    def _hours(self, agent):
        random, site = self.random, agent.site
        boots = []
        for day in days(START.date(), END.date() - timedelta(days=1)):
            opening = site.hours.day(day)
            if not opening:
                continue
            on = opening[0] - timedelta(minutes=random.randint(2, 28), seconds=random.randint(0, 59))
            off = opening[1] + timedelta(minutes=random.randint(3, 50), seconds=random.randint(0, 59))
            on, off = self._on_the_day(agent, day, on, off)
            if on is None or off <= max(on, START) + 5 * MINUTE:
                continue
            farewell = ("shutdown", None) if self._polite[agent.id] else None
            boots.append(Boot(on, off, farewell))
        if agent.id in self.left_on and len(boots) > 1:
            # Someone forgot to switch it off before the holiday.
            last = max(index for index, boot in enumerate(boots) if boot.start.date() <= at(22).date())
            boots[last].end = boots[last + 1].end if last + 1 < len(boots) else END
            boots[last].farewell = None
            del boots[last + 1 : last + 2]
        if site.hit and site.hit.rung == "R2" and agent.device == "mirror":
            boots.append(Boot(site.hit.heard_again, END if site.hit.device else at(24, "20:10")))
        return boots

    def _on_the_day(self, agent, day, on, off):
        """The disaster's mark on a PC's working day; (None, None) where it stayed off."""
        random, site = self.random, agent.site
        if site.hit and day >= site.hit.at.date():
            back = site.hit.heard_again
            if site.hit.rung == "R0" and back and back.date() == day and day not in HOLIDAYS:
                return back, back + 70 * MINUTE
            return None, None
        if day != at(24).date():
            return on, off
        if site.id in self._dark:
            light = self._dark[site.id][1] + timedelta(minutes=random.randint(6, 45))
            # Nobody starts the day's work when it is over.
            return (max(on, light), off) if max(on, light) < off - 60 * MINUTE else (None, None)
        if site.id in self.hindered:
            late = self.hindered[site.id]
            return (on + late * MINUTE, off) if late else (None, None)
        return on, off

    # Line

    def _line_losses(self, agent):
        random, site = self.random, agent.site
        losses = []
        if agent.rhythm == "always":
            for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
                begin = START + timedelta(seconds=random.randint(0, 4 * 86_400))
                losses.append((begin, begin + timedelta(seconds=random.choice([130, 200, 260, 420, 700]))))
        # A short cut at one carrier on the Thursday: a clump.
        if site.carrier == "駿河ケーブル" and site.municipality in ("22101", "22102", "22103"):
            losses.append((at(22, "14:10:05"), at(22, "14:16:40")))
        # Mobile masts ran out of battery: one carrier fails in part, for whoever hangs on those masts.
        if site.carrier == "モバイルB" and site.municipality[:3] == "221" and random.random() < 0.6:
            losses.append((at(24, "04:44") + timedelta(minutes=random.randint(0, 25)), at(24, "09:52")))
        # The UPS holds the server, but not the modem.
        if site.id in self._dark and agent.ups and not agent.modem_on_ups:
            losses.append((self._dark[site.id][0], self._dark[site.id][1] + 2 * MINUTE))
        # 川根本町 was cut off: the cable hung with the road.
        if site.municipality == "22429":
            losses.append((at(24, "01:20:30"), at(25, "18:20")))
        return sorted(losses)

    # Feed

    def _emit(self, agent, boot, losses):
        """The lines of one boot: heard spans, cut by the beats that carry news, with gaps where the line was down."""
        begin = max(boot.start, START + timedelta(seconds=self.random.randint(0, agent.interval - 1)))
        beat = Beats(agent, boot)
        windows, edge = [], begin
        for down, up in losses:
            if up <= edge or down >= boot.end:
                continue
            if down > edge:
                windows.append((edge, down))
            edge = max(edge, up)
        if edge < boot.end:
            windows.append((edge, boot.end))
        for index, (first, last) in enumerate(windows):
            news = self._news(agent, boot, first, last, index == 0)
            backlog = windows[index - 1][1] if index else None
            self._window(agent, beat, first, last, news, backlog)
        if windows and windows[-1][1] == boot.end < END and boot.farewell:
            self._farewell(agent, beat, boot)

    def _news(self, agent, boot, first, last, fresh):
        """Times at which a beat says something new: the first, after the backup job, and on battery."""
        moments = [first] if fresh else []
        if agent.device == "server" and agent.rhythm == "always":
            for day in days(START.date(), END.date()):
                moments.append(datetime(day.year, day.month, day.day) + agent.site.job_minute * MINUTE + 6 * MINUTE)
        if boot.on_battery:
            length = boot.end - boot.on_battery
            moments += [boot.on_battery + MINUTE, boot.on_battery + length / 2]
        return sorted(moment for moment in moments if first <= moment < last)

    def _window(self, agent, beat, first, last, news, backlog):
        grid = beat.after(first)
        if backlog is not None and beat.time(grid) < last:
            lost = beat.after(backlog)
            self._beat(agent, beat, grid, beat.time(grid))
            if grid > lost:
                self._beat(agent, beat, lost, beat.time(grid) + timedelta(seconds=2), count=grid - lost)
            grid += 1
        for moment in news:
            told = max(grid, beat.after(moment))
            if beat.time(told) >= last:
                break
            self._span(agent, beat, grid, told)
            self._beat(agent, beat, told, beat.time(told), copies=True)
            grid = told + 1
        self._span(agent, beat, grid, beat.after(last))

    def _span(self, agent, beat, first, end):
        """Beats `first` up to, not including, `end`."""
        if end > first and beat.time(first) < END:
            self._heard(agent, beat.time(first), min(beat.time(end - 1), END))

    def _heard(self, agent, first, last):
        self.lines.append((first, {"at": text(first), "heard": {"agent": agent.id, "until": text(last)}}))

    def _beat(self, agent, beat, number, receipt, count=None, copies=False):
        if receipt >= END:
            return
        instant = beat.time(number)
        content = beat.content(number, instant)
        if count and count > 1:
            content = {"seq": content.pop("seq"), "count": count, **content}
        if copies and agent.device == "server":
            content["copies"] = copy_reports(agent.site, instant)
        self._send(agent, beat, receipt, content)

    def _farewell(self, agent, beat, boot):
        number = beat.after(boot.end)
        content = beat.content(number, boot.end)
        if boot.farewell == "lastGasp":
            content["notice"] = "lastGasp"
        else:
            content |= {"notice": "goodbye", "reason": boot.farewell[0]}
            if boot.farewell[1]:
                content["backAt"] = text(boot.farewell[1])
        self._send(agent, beat, boot.end, content)

    def _send(self, agent, beat, receipt, content):
        self.lines.append(
            (
                receipt,
                {
                    "at": text(receipt),
                    "heartbeat": {
                        "agent": agent.id,
                        "boot": beat.boot_id,
                        "sentAt": text(receipt),
                        "version": VERSION,
                        "dropped": 0,
                        "beats": [content],
                    },
                },
            )
        )


class Beats:
    """The beats of one boot: number, time, content."""

    def __init__(self, agent, boot):
        self.agent, self.boot = agent, boot
        self.boot_id = hashlib.sha256(f"{agent.id} {boot.start}".encode()).hexdigest()[:16]
        self._step = timedelta(seconds=agent.interval)

    def time(self, number):
        return self.boot.start + (number - 1) * self._step

    def after(self, moment):
        """The number of the first beat at or after `moment`."""
        return max(1, -((self.boot.start - moment) // self._step) + 1)

    def content(self, number, instant):
        content = {
            "seq": number,
            "at": text(instant),
            "interval": self.agent.interval,
            "uptimeSeconds": int((instant - self.boot.start).total_seconds()),
        }
        if self.agent.ups:
            content["power"] = self._power(instant)
        content["link"] = "lte" if self.agent.site.carrier.startswith("モバイル") else "fixed"
        return content

    def _power(self, instant):
        failed = self.boot.on_battery
        if not failed or instant < failed:
            return {"source": "mains", "charge": 1.0}
        whole = (self.boot.end - failed).total_seconds()
        left = max(0.0, (self.boot.end - instant).total_seconds())
        return {"source": "battery", "charge": round(0.08 + 0.9 * left / whole, 2), "runtimeSeconds": int(left) + 30}


def copy_reports(site, instant):
    """What the server knows of its copies: the nightly job, or for a PC the one before closing."""
    if site.agents[0].rhythm == "always" and site.agents[0].device == "server":
        job = datetime(instant.year, instant.month, instant.day) + site.job_minute * MINUTE
        job -= timedelta(days=1 if job > instant else 0)
    else:
        closing = site.hours.last_closing(instant)
        job = closing - 10 * MINUTE if closing else None
    reports = []
    for tier in site.copies:
        good = instant - timedelta(seconds=instant.second) if tier == "primary" else job
        report = {"tier": tier, "state": "good"}
        if tier == site.ailing:
            report["state"] = "failing" if tier == "offsite" else "old"
            good = at(6, "22:00")
        if good:
            report["goodAt"] = text(good)
        if tier in site.verified:
            verified = site.verified[tier]
            report["verifiedAt"] = text(datetime(verified.year, verified.month, verified.day, 2, 30))
        if tier != "primary":
            report["bytes"] = site.gigabytes * 1_000_000_000
        if report["state"] == "failing":
            report["message"] = "転送先に接続できません"
        reports.append(report)
    return reports
