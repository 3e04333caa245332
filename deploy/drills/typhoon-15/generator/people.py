"""What people said and did: calls, reports, outages, roads, damage, engineers, tasks, surveys."""

from datetime import timedelta

from generator.clock import at, text
from generator.places import BLACKOUTS

POWER_COMPANY = "中部電力パワーグリッド"
SHIZUOKA = ["22101", "22102", "22103"]


class People:
    def __init__(self, fleet, machines, random):
        self.fleet, self.machines, self.random = fleet, machines, random
        self.lines = []
        self.hits = [site for site in fleet.sites if site.hit]
        self._outages()
        self._roads()
        self._reports()
        self._calls_in()
        self._calls_out()
        self._engineers()
        self._visits()

    def _finding(self, when, **content):
        # An order of keys that people read easily: what, where, which result, by whom.
        self.lines.append((when, {"at": text(when), "finding": {**content, "observedAt": text(when)}}))

    def _outage(self, when, utility, municipalities, result, words, provider=POWER_COMPANY, until=None):
        extra = {"expiresAt": text(until)} if until else {}
        self._finding(
            when,
            kind="outage",
            utility=utility,
            provider=provider,
            area={"municipalities": municipalities},
            result=result,
            text=words,
            author="山田",
            **extra,
        )

    def _outages(self):
        power = self._outage
        power(at(24, "04:10"), "power", ["22103"], "down", "停電 清水区一帯")
        power(at(24, "05:12"), "power", SHIZUOKA, "down", "静岡市で約11万7千戸停電。葵区で送電鉄塔2基が倒れた模様")
        power(at(24, "05:20"), "power", ["22429"], "down", "川根本町の全域で停電")
        power(at(24, "06:00"), "power", SHIZUOKA + ["22209", "22214"], "down", "県内の停電 約12万戸")
        power(at(24, "08:12"), "power", ["22214"], "restored", "藤枝市岡部町方面は復旧")
        power(at(24, "11:30"), "power", SHIZUOKA, "down", "順次復旧中、なお約4万8千戸停電")
        power(at(24, "14:40"), "power", ["22209"], "restored", "島田市川根町方面は復旧")
        power(at(24, "17:25"), "power", ["22101", "22102"], "restored", "葵区、駿河区は復旧")
        power(at(24, "18:00"), "power", ["22103"], "restored", "県内の停電 2,070戸まで減少。清水区の山間部が残る")
        power(at(25, "16:05"), "power", ["22429"], "restored", "川根本町は復旧")
        weeks = at(24) + timedelta(days=14)
        self._outage(
            at(24, "07:02"),
            "water",
            ["22103"],
            "down",
            "清水区で断水 約5万5千戸。承元寺取水口が流木で閉塞",
            "静岡市上下水道局",
            weeks,
        )
        self._outage(
            at(24, "13:30"),
            "water",
            ["22103"],
            "down",
            "清水区の断水 約6万3千戸。復旧時期は未定",
            "静岡市上下水道局",
            weeks,
        )
        self._outage(
            at(24, "06:48"), "line", ["22429"], "down", "川根本町 光回線の断線", "東海光ネット", at(25, "18:00")
        )
        self._outage(at(25, "18:25"), "line", ["22429"], "restored", "川根本町 仮復旧", "東海光ネット")

    def _roads(self):
        def road(when, where, result, words, until=None):
            extra = {"expiresAt": text(until)} if until else {}
            self._finding(when, kind="road", **where, result=result, text=words, author="山田", **extra)

        # Both roads onto the peninsula of 三保 are under water: an area, for what is straight crosses the bay.
        coast = {
            "polygon": [[138.4930, 34.9850], [138.5400, 34.9850], [138.5400, 35.0260], [138.5050, 35.0260], [138.4930, 34.9850]]
        }
        tomoe = {"line": [[138.4510, 35.0150], [138.4620, 35.0190], [138.4760, 35.0210]]}
        okitsu = {"line": [[138.5050, 35.0450], [138.5210, 35.0540], [138.5330, 35.0640]]}
        # Low ground that the pumps empty by the evening: whoever has to go there waits for them.
        mochimune = {
            "polygon": [[138.3600, 34.9190], [138.3740, 34.9190], [138.3740, 34.9300], [138.3600, 34.9300], [138.3600, 34.9190]]
        }
        nojima = {
            "polygon": [[138.4490, 35.0195], [138.4600, 35.0195], [138.4600, 35.0290], [138.4490, 35.0290], [138.4490, 35.0195]]
        }
        oi = {"line": [[138.0830, 34.9560], [138.0880, 35.0100], [138.0820, 35.0450], [138.1120, 35.0780]]}
        road(at(24, "05:31"), coast, "closed", "国道150号、県道199号 冠水で通行止（12時見込）。三保へは入れない", at(24, "12:00"))
        road(at(24, "05:44"), tomoe, "closed", "巴川沿い 高橋から能島まで冠水", at(24, "12:00"))
        road(at(24, "06:15"), oi, "closed", "国道362号、県道77号 土砂崩れ。川根本町は孤立", at(25, "18:00"))
        road(at(24, "06:40"), okitsu, "closed", "国道52号、県道 興津川沿い 土砂流出で通行止", at(25, "09:00"))
        road(at(24, "08:28"), mochimune, "closed", "県道416号、用宗の街中 冠水。排水は夕方までかかる（17時見込）", at(24, "17:00"))
        road(at(24, "08:46"), nojima, "closed", "能島の住宅地 冠水、車は入れない。ポンプ車で排水中（18時見込）", at(24, "18:00"))
        road(at(24, "11:50"), tomoe, "passableWithCare", "高橋まで徐行で通行可、能島は冠水が残る")
        road(at(24, "12:25"), coast, "closed", "通行止を延長、水が引かない。三保へは入れない", at(25, "09:30"))
        road(at(24, "16:50"), tomoe, "open", "巴川沿いは冠水解消。能島の住宅地はまだ入れない")
        road(at(24, "17:05"), mochimune, "open", "用宗 通行止解除")
        road(at(24, "17:55"), nojima, "passableWithCare", "能島の住宅地 徐行で通行可")
        road(at(25, "09:10"), okitsu, "passableWithCare", "片側交互通行")
        road(at(25, "09:35"), coast, "open", "国道150号、県道199号 通行止解除")

    def _reports(self):
        ninth = next(site for site in self.hits if not site.hit.call)

        def report(when, latitude, longitude, result, words, author, radius=0.3, trusted=False):
            self._finding(
                when,
                kind="report",
                place={"latitude": round(latitude, 4), "longitude": round(longitude, 4)},
                result=result,
                phenomenon="flood",
                radiusKilometers=radius,
                trusted=trusted,
                text=words,
                author=author,
            )

        # 0.0018° of latitude is 200 m.
        report(
            at(24, "05:40"),
            ninth.latitude - 0.0018,
            ninth.longitude,
            "damage",
            "さくら薬局（200m先）が床上浸水。三保の通りは膝まで水",
            "さくら薬局",
            trusted=True,
        )
        report(at(24, "06:55"), 35.0215, 138.4690, "damage", "高橋の交差点付近、車が水没", "通行人")
        report(at(24, "07:20"), 35.0010, 138.4395, "damage", "草薙駅の南で床上浸水の家が多数", "報道", 0.5)
        report(
            at(24, "07:45"),
            34.9748,
            138.3835,
            "noDamage",
            "呉服町の商店街は水なし、電気も来ている",
            "卸業者",
            trusted=True,
        )
        report(
            at(24, "08:25"), 35.0235, 138.4868, "noDamage", "真砂町は水が引いた。店は開いている", "卸業者", trusted=True
        )

    def _calls_in(self):
        for site in self.hits:
            if not site.hit.call:
                continue
            when, words = site.hit.call
            self._finding(
                when,
                kind="phone",
                direction="in",
                site=site.id,
                result="damage",
                phenomenon="flood",
                text=words,
                author="山田",
            )
            # Callers know what they saw; the rest is left for the visit.
            known = {
                key: value
                for key, value in site.hit.damage.items()
                if key in ("server", "external", "peripherals", "power", "building")
            }
            self._damage(when + timedelta(minutes=3), site, known, site.contact, roadOpen=False)
        self._damage(
            at(24, "10:40"),
            next(s for s in self.hits if s.name == "巴川内科"),
            {"keyHolder": "院長 佐藤（裏口で待つ）"},
            "山田",
        )
        # With power and line back the machine can be set up where it will stand.
        self._damage(
            at(25, "11:40"),
            next(s for s in self.hits if s.name == "巴川内科"),
            {"power": True, "network": True},
            "佐藤 院長",
        )

    def _calls_out(self):
        ninth = next(site for site in self.hits if not site.hit.call)
        self._call(at(24, "08:05:30"), ninth, "lineDead", "固定、携帯とも不通")
        self._call(at(24, "10:10"), ninth, "lineDead", "変わらず不通")
        self._call(at(24, "15:20"), ninth, "noAnswer", "院長携帯 呼出のみ")
        dark = sorted(self.machines.power_only, key=lambda site: site.id)
        hindered = [site for site in self.fleet.sites if site.id in self.machines.hindered]
        when = at(24, "07:12")
        for site in dark[::2]:
            when += timedelta(minutes=self.random.randint(4, 9))
            self._round(when, site, "停電のみ。浸水なし")
        when = at(24, "09:20")
        for site in hindered:
            when += timedelta(minutes=self.random.randint(5, 12))
            self._call(
                when,
                site,
                "noDamage",
                self.random.choice(["断水のため午前は休診", "職員が出勤できず開院が遅れる", "道路冠水で臨時休診"]),
            )

    def _round(self, when, site, words):
        result = self.random.choice(["noDamage", "noDamage", "noAnswer", "congested", "lineDead", "callBack"])
        if site.municipality == "22429":
            result = "lineDead"
        if result == "callBack":
            back = when + timedelta(minutes=50)
            self._call(when, site, result, "折り返すとのこと", callBackAt=text(back))
            self._call(back, site, "noDamage", words)
        else:
            self._call(when, site, result, words if result == "noDamage" else "")
        if result in ("noAnswer", "congested"):
            self._call(when + timedelta(minutes=75), site, "noDamage", words)

    def _call(self, when, site, result, words, **extra):
        note = {"text": words} if words else {}
        self._finding(
            when,
            kind="phone",
            direction="out",
            site=site.id,
            result=result,
            **extra,
            **note,
            author="鈴木 恵" if when.minute % 2 else "山田",
        )

    def _damage(self, when, site, facts, by, **extra):
        self.lines.append(
            (when, {"at": text(when), "damage": {"site": site.id, **facts, **extra, "by": by, "at": text(when)}})
        )

    def _engineers(self):
        def engineer(when, name, available, until=None):
            extra = {"until": text(until)} if until else {}
            self.lines.append((when, {"at": text(when), "engineer": {"id": name, "available": available, **extra}}))

        for clock, name in (("05:36", "eng-1"), ("05:44", "eng-2"), ("05:51", "eng-7"), ("05:57", "eng-3")):
            engineer(at(24, clock), name, True)
        # His own house in Shimizu is flooded.
        engineer(at(24, "05:59"), "eng-4", False, at(26, "08:00"))
        for clock, name in (
            ("07:05", "eng-9"),
            ("07:24", "eng-6"),
            ("07:40", "eng-11"),
            ("08:02", "eng-10"),
            ("08:15", "eng-12"),
        ):
            engineer(at(24, clock), name, True)
        engineer(at(24, "08:20"), "eng-8", False, at(24, "18:00"))
        engineer(at(24, "09:05"), "eng-5", True)
        engineer(at(24, "20:30"), "eng-3", False, at(25, "07:00"))

    def _visits(self):
        """Who went where: the first look, the survey with the damage as it is, and the repair."""
        plan = {
            "瀬名耳鼻咽喉科": ("eng-1", [("swapPeripherals", at(24, "12:15"), at(24, "12:55"))]),
            "巴川内科": (
                "eng-3",
                [
                    ("fetchLoaner", at(24, "16:00"), at(24, "17:10")),
                    ("restoreOnLoaner", at(25, "12:30"), at(25, "14:30")),
                ],
            ),
            "草薙整形外科": (
                "eng-7",
                [
                    ("fetchLoaner", at(24, "16:30"), at(24, "17:40")),
                    ("restoreOnLoaner", at(25, "14:10"), at(25, "17:10")),
                ],
            ),
            "岡部内科": ("eng-9", [("swapPeripherals", at(24, "13:15"), at(24, "13:46"))]),
            "用宗小児科": ("eng-9", [("promoteMirror", at(24, "17:40"), at(24, "18:50"))]),
            "北脇内科クリニック": ("eng-11", [("restartAndCheck", at(25, "13:30"), at(25, "16:00"))]),
            "大村眼科": ("eng-1", [("promoteMirror", at(24, "18:50"), at(24, "19:43"))]),
            "興津歯科クリニック分院": ("eng-12", [("swapPeripherals", at(25, "09:50"), at(25, "10:33"))]),
            "みほ医院": ("eng-6", [("restoreAtOffice", at(25, "13:00"), at(25, "21:30"))]),
        }
        for site in self.hits:
            engineer, repairs = plan[site.name]
            hit = site.hit
            self._task(hit.surveyed - timedelta(minutes=95), site, "inspect", "accepted", engineer)
            self._task(hit.surveyed - timedelta(minutes=70), site, "inspect", "travelling", engineer)
            self._task(hit.surveyed, site, "inspect", "onSite", engineer)
            words = f"床上{round(hit.depth * 100)}cmの浸水を確認"
            self._finding(
                hit.surveyed + timedelta(minutes=5),
                kind="survey",
                site=site.id,
                result="damage",
                phenomenon="flood",
                text=words,
                author=engineer,
            )
            self._damage(
                hit.surveyed + timedelta(minutes=6),
                site,
                {**hit.damage, "depthMeters": hit.depth},
                engineer,
                roadOpen=True,
            )
            self._task(hit.surveyed + timedelta(minutes=8), site, "inspect", "done", engineer)
            for kind, begin, end in repairs:
                self._task(begin - timedelta(minutes=1), site, kind, "accepted", engineer)
                self._task(begin, site, kind, "onSite", engineer)
                self._task(end, site, kind, "done", engineer)
        # Three who were only in the dark got a visit on the way.
        for minute, site in enumerate(
            site
            for site in self.machines.power_only
            if site.municipality == "22103" and site.agents[0].rhythm == "always"
        ):
            if minute == 3:
                break
            when = BLACKOUTS[site.power][0].replace(hour=14, minute=10) + timedelta(minutes=20 * minute)
            self._finding(
                when, kind="survey", site=site.id, result="noDamage", text="停電のみ、浸水なし", author="eng-2"
            )

    def _task(self, when, site, kind, to, engineer):
        self.lines.append(
            (when, {"at": text(when), "task": {"site": site.id, "kind": kind, "to": to, "engineer": engineer}})
        )
