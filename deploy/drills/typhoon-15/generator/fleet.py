"""The drill's fleet: about 200 invented sites, their devices and copies, and the people who look after them."""

import csv
import io
from datetime import date

from generator.clock import Hours
from generator.places import HITS, MUNICIPALITIES

SATURDAY = date(2022, 9, 24)
#: Sites that are open on the Saturday morning, the hospitals among them.
OPEN_ON_SATURDAY = 142
HOSPITALS = 4
PHARMACIES = 18
#: Sites with a device that is on day and night: 29 %.
ALWAYS_ON = 58

SATURDAY_HOURS = [
    "Mo-We,Fr 08:30-12:00,15:00-18:30; Th,Sa 08:30-12:00; Su,PH off",
    "Mo-We,Fr 08:30-12:00,14:30-18:00; Sa 08:30-12:30; Th,Su,PH off",
    "Mo,Tu,Th,Fr 08:30-12:30,15:00-18:30; We,Sa 08:30-12:30; Su,PH off",
    "Mo,Tu,Th,Fr 09:00-12:30,15:00-18:30; We,Sa 09:00-12:30; Su,PH off",
    "Mo,Tu,Th,Fr,Sa 09:00-13:00,14:30-19:00; We,Su,PH off",
]
WEEK_HOURS = [
    "Mo-Fr 08:30-12:00,14:00-17:30; Sa,Su,PH off",
    "Mo,Tu,Th,Fr 09:00-12:00,15:00-18:00; We,Sa,Su,PH off",
    "Mo-We,Fr 08:30-12:00,15:00-18:00; Th 08:30-12:00; Sa,Su,PH off",
]
PHARMACY_HOURS = ["Mo-Fr 09:00-18:30; Sa 09:00-13:00; Su,PH off", "Mo-Sa 08:30-19:00; Su,PH off"]

FAMILIES = [
    pair.split("/")
    for pair in (
        "鈴木/すずき 望月/もちづき 杉山/すぎやま 渡辺/わたなべ 佐野/さの 山本/やまもと 大石/おおいし 石川/いしかわ 小林/こばやし "
        "松永/まつなが 増田/ますだ 青島/あおしま 遠藤/えんどう 勝又/かつまた 村松/むらまつ 池谷/いけや 寺田/てらだ 深澤/ふかさわ "
        "片山/かたやま 海野/うんの 滝/たき 芹澤/せりざわ 秋山/あきやま 落合/おちあい 原田/はらだ 八木/やぎ 成岡/なるおか 小澤/おざわ "
        "鳥居/とりい 内山/うちやま 太田/おおた 河合/かわい 名倉/なぐら 袴田/はかまた 藤田/ふじた 牧野/まきの 三浦/みうら 室伏/むろふし "
        "影山/かげやま 稲葉/いなば 長倉/ながくら 土屋/つちや 相原/あいはら 神谷/かみや"
    ).split()
]
SPECIALITIES = [
    pair.split("/")
    for pair in (
        "内科/ないか 医院/いいん クリニック/くりにっく 小児科/しょうにか 整形外科/せいけいげか 眼科/がんか "
        "耳鼻咽喉科/じびいんこうか 皮膚科/ひふか 歯科医院/しかいいん 産婦人科/さんふじんか 内科循環器科/ないかじゅんかんきか"
    ).split()
]
PHARMACY_NAMES = [
    pair.split("/")
    for pair in (
        "すみれ/すみれ わかば/わかば みどり/みどり あおば/あおば 富士見/ふじみ なのはな/なのはな つばき/つばき もみじ/もみじ "
        "うみかぜ/うみかぜ しおさい/しおさい 茶の木/ちゃのき こだま/こだま ひばり/ひばり たちばな/たちばな かもめ/かもめ "
        "ひなた/ひなた すずらん/すずらん あさひ/あさひ"
    ).split()
]
CARRIERS = (
    ["東海光ネット"] * 38 + ["駿河ケーブル"] * 20 + ["中部フレッツ光"] * 20 + ["モバイルA"] * 10 + ["モバイルB"] * 12
)
SYSTEMS = ["karte-8"] * 6 + ["karte-7"] * 3 + ["karte-6"]


class Agent:
    """One program on a device; `ups` and `modem_on_ups` are facts of the room that the fleet files do not tell."""

    def __init__(self, site, device, rhythm, interval, ups=False, modem_on_ups=True):
        self.id, self.site, self.device, self.rhythm, self.interval = (
            f"{site.id}-{device}",
            site,
            device,
            rhythm,
            interval,
        )
        self.ups, self.modem_on_ups = ups, modem_on_ups
        self.canary = site.kind == "canary"


class Site:
    def __init__(self, **facts):
        self.__dict__.update(facts)
        self.agents, self.copies, self.hit = [], {}, None


class Fleet:
    def __init__(self, random):
        self.random = random
        self.sites = []
        self._sites()
        self._hours()
        self._devices()
        self._copies()
        self._canaries()

    @property
    def agents(self):
        return [agent for site in self.sites for agent in site.agents]

    # Sites

    def _sites(self):
        random = self.random
        names = [(family, speciality) for family in FAMILIES for speciality in SPECIALITIES]
        random.shuffle(names)
        pharmacies = list(PHARMACY_NAMES)
        total = sum(entry[2] for entry in MUNICIPALITIES.values())
        taken = {self._number(code, hit.offset) for code, hits in HITS.items() for hit in hits}
        free = [number for number in range(total) if number not in taken]
        kinds = dict.fromkeys(random.sample(free, HOSPITALS + PHARMACIES), "pharmacy")
        kinds.update(dict.fromkeys(list(kinds)[:HOSPITALS], "hospital"))
        for code, (city, weather, count, localities) in MUNICIPALITIES.items():
            hits = {hit.offset: hit for hit in HITS.get(code, [])}
            for offset in range(count):
                number = len(self.sites)
                hit, kind = hits.get(offset), kinds.get(number, "clinic")
                locality = localities[offset % len(localities)]
                if hit:
                    locality = next(each for each in localities if each.town == hit.town)
                    name, kana = hit.name, hit.kana
                elif kind == "pharmacy":
                    name, kana = (part + end for part, end in zip(pharmacies.pop(), ("薬局", "やっきょく")))
                else:
                    family, speciality = names.pop()
                    if kind == "hospital":
                        speciality = ("病院", "びょういん")
                    name, kana = family[0] + speciality[0], family[1] + speciality[1]
                site = self._site(number, code, city, weather, locality, kind, name, kana)
                site.hit = hit
                if hit:
                    site.contact, site.carrier = hit.contact, "東海光ネット"
                    site.system = "karte-8"
                self.sites.append(site)

    @staticmethod
    def _number(code, offset):
        before = 0
        for other, entry in MUNICIPALITIES.items():
            if other == code:
                return before + offset
            before += entry[2]
        raise KeyError(code)

    def _site(self, number, code, city, weather, locality, kind, name, kana):
        random = self.random
        spread = locality.spread
        latitude = locality.latitude + random.uniform(-spread, spread)
        longitude = locality.longitude + random.uniform(-spread, spread)
        hospital, clinic = kind == "hospital", kind == "clinic"
        return Site(
            id=f"shz-{number + 1:04}",
            name=name,
            kana=kana,
            kind=kind,
            office="shizuoka",
            address=f"静岡県{city}{locality.town}{random.randint(900, 999)}-{random.randint(1, 40)}",
            latitude=latitude,
            longitude=longitude,
            municipality=code,
            weather=weather,
            seismic=code + "00",
            carrier=random.choice(CARRIERS),
            power=f"{code}-{locality.power}",
            phone=f"054-000-{1000 + number:04}",
            contact=random.choice(FAMILIES)[0] + random.choice([" 院長", " 事務長", " 看護師長"]),
            contact_phone=f"090-0000-{1000 + number:04}",
            key_holder=random.choice(["院長", "事務長", "隣の薬局", ""]),
            hours=None,
            closures=random.choice(["Dec 29-Jan 03 off", "Dec 29-Jan 03 off", "Dec 30-Jan 03 off; Aug 13-16 off"]),
            beds=random.choice([120, 180, 240]) if hospital else random.choice([0] * 14 + [12, 19]) if clinic else 0,
            dialysis=hospital or (clinic and random.random() < 0.05),
            oxygen=hospital or (clinic and random.random() < 0.1),
            depth=locality.depth,
            system="karte-8" if hospital else random.choice(SYSTEMS),
            gigabytes=random.randint(600, 2400) if hospital else random.randint(12, 190),
        )

    def _hours(self):
        random = self.random
        hospitals = [site for site in self.sites if site.kind == "hospital"]
        pharmacies = [site for site in self.sites if site.kind == "pharmacy"]
        for site in hospitals:
            site.hours, site.closures = Hours("24/7"), ""
        for site in pharmacies:
            site.hours = Hours(random.choice(PHARMACY_HOURS))
        clinics = [site for site in self.sites if site.kind == "clinic"]
        open_count = OPEN_ON_SATURDAY - len(hospitals) - len(pharmacies)
        hits = [site for site in clinics if site.hit]
        others = [site for site in clinics if not site.hit]
        on_saturday = set(random.sample([site.id for site in others], open_count - len(hits)))
        for site in clinics:
            choices = SATURDAY_HOURS if site.hit or site.id in on_saturday else WEEK_HOURS
            # The early openers are the majority.
            site.hours = Hours(random.choice(choices + choices[:3]))

    # Devices and copies

    def _devices(self):
        random = self.random
        fixed = {site.id for site in self.sites if site.kind == "hospital" or (site.hit and site.hit.device)}
        others = [site.id for site in self.sites if not site.hit and site.id not in fixed]
        always = fixed | set(random.sample(others, ALWAYS_ON - len(fixed)))
        for site in self.sites:
            mirror = random.random() < 0.3
            if site.id not in always:
                site.agents.append(Agent(site, "server", "hours", 120))
                if mirror or (site.hit and site.hit.rung == "R2"):
                    site.agents.append(Agent(site, "mirror", "hours", 120))
                continue
            hospital = site.kind == "hospital"
            device = site.hit.device if site.hit else "server" if hospital or random.random() < 0.7 else "gateway"
            ups = site.hit.ups if site.hit else random.random() < 0.6
            site.agents.append(Agent(site, device, "always", 60, ups, random.random() < 0.8 or bool(site.hit)))
            if device == "gateway":
                site.agents.append(Agent(site, "server", "hours", 120))
            elif not hospital and (mirror or (site.hit and "mirror" in site.hit.damage)):
                site.agents.append(Agent(site, "mirror", "hours", 120))

    def _copies(self):
        random = self.random
        for site in self.sites:
            upstairs = random.random() < 0.15
            height = random.choice([0.1, 0.3, 0.6, 0.7, 0.7]) + (3.2 if upstairs else 0)
            copies = {"primary": ("サーバー室" if site.kind == "hospital" else "受付", height, "")}
            if random.random() < 0.7:
                copies["mirror"] = random.choice([("受付", 0.7, 1), ("診察室", 0.7, 1), ("2階診察室", 3.8, 1)])
            if random.random() < 0.85:
                copies["external"] = random.choice(
                    [("受付", 0.2, 24), ("受付", 0.7, 24), ("事務室の棚", 1.8, 24), ("2階書庫", 4.2, 24)]
                )
            if random.random() < 0.55:
                copies["offsite"] = ("データセンター", "", 24)
            if random.random() < 0.08:
                copies["cloud"] = ("継続サービス", "", 24)
            if site.hit:
                copies = HIT_COPIES[site.name]
            site.copies = copies
            site.job_minute = (
                22 * 60 + 10
                if site.name == "巴川内科"
                else 23 * 60 + 40 if site.name == "みほ医院" else random.randint(1290, 1425)
            )
            site.verified = {tier: date(2022, 9, random.randint(4, 20)) for tier in copies if random.random() < 0.7}
            site.ailing = random.choice([None] * 12 + ["external", "offsite"]) if not site.hit else None
            if site.hit:
                site.verified = {"external": date(2022, 9, 18), "offsite": date(2022, 9, 20)}

    def _canaries(self):
        for name, kana, city, latitude, longitude, code, carrier in (
            ("外部監視点 東京", "がいぶかんしてんとうきょう", "東京都千代田区", 35.6940, 139.7536, "13101", "外部網甲"),
            ("外部監視点 大阪", "がいぶかんしてんおおさか", "大阪府大阪市北区", 34.7055, 135.4983, "27127", "外部網乙"),
        ):
            site = Site(
                id=f"canary-{'tokyo' if code == '13101' else 'osaka'}",
                name=name,
                kana=kana,
                kind="canary",
                office="shizuoka",
                address=city,
                latitude=latitude,
                longitude=longitude,
                municipality=code,
                weather=code + "00" if code == "13101" else "2710000",
                seismic=code + "00",
                carrier=carrier,
                power="",
                phone="",
                contact="",
                contact_phone="",
                key_holder="",
                hours=Hours("24/7"),
                closures="",
                beds=0,
                dialysis=False,
                oxygen=False,
                depth=None,
                system="",
                gigabytes="",
            )
            site.agents.append(Agent(site, "gateway", "always", 20))
            self.sites.append(site)

    # Files

    def files(self):
        return {
            "offices.csv": table(
                "id,name,phone,latitude,longitude", [("shizuoka", "静岡営業所", "054-000-0001", 34.9716, 138.3891)]
            ),
            "sites.csv": table(
                "id,name,kana,kind,office,address,latitude,longitude,municipality,weatherArea,seismicCity,carrier,powerArea,"
                "phone,contactName,contactPhone,keyHolder,hours,closures,beds,dialysis,homeOxygen,floodDepthMeters,system,"
                "dataGigabytes",
                [
                    (
                        s.id,
                        s.name,
                        s.kana,
                        s.kind,
                        s.office,
                        s.address,
                        f"{s.latitude:.4f}",
                        f"{s.longitude:.4f}",
                        s.municipality,
                        s.weather,
                        s.seismic,
                        s.carrier,
                        s.power,
                        s.phone,
                        s.contact,
                        s.contact_phone,
                        s.key_holder,
                        s.hours.written,
                        s.closures,
                        s.beds,
                        flag(s.dialysis),
                        flag(s.oxygen),
                        "" if s.depth is None else s.depth,
                        s.system,
                        s.gigabytes,
                    )
                    for s in self.sites
                ],
            ),
            "agents.csv": table(
                "id,site,device,rhythm,intervalSeconds,graceSeconds,canary",
                [(a.id, a.site.id, a.device, a.rhythm, a.interval, "", flag(a.canary)) for a in self.agents],
            ),
            "copies.csv": table(
                "site,tier,room,heightMeters,everyHours",
                [(s.id, tier, *place) for s in self.sites for tier, place in s.copies.items()],
            ),
            "engineers.csv": table("id,name,office,base,phone,latitude,longitude,skills,shift,onCall", ENGINEERS),
            "depots.csv": table(
                "id,name,office,latitude,longitude",
                [
                    ("depot-shizuoka", "静岡保管庫", "shizuoka", 34.9700, 138.3900),
                    ("depot-hamamatsu", "浜松保管庫", "shizuoka", 34.7100, 137.7350),
                ],
            ),
            "loaners.csv": table(
                "id,depot,fits,imageVersion",
                [
                    ("L-07", "depot-shizuoka", "karte-8;karte-7", "2022.08"),
                    ("L-08", "depot-shizuoka", "karte-8", "2022.08"),
                    ("L-11", "depot-hamamatsu", "karte-6", "2022.05"),
                    ("L-12", "depot-hamamatsu", "karte-6;karte-7", "2022.05"),
                    ("L-13", "depot-hamamatsu", "karte-7", "2022.06"),
                ],
            ),
        }


#: Where the nine kept their copies: this decides what is left of them.
HIT_COPIES = {
    "瀬名耳鼻咽喉科": {
        "primary": ("受付の棚", 0.9, ""),
        "mirror": ("診察室の机", 0.7, 1),
        "external": ("受付の棚", 0.9, 24),
    },
    "用宗小児科": {
        "primary": ("受付", 0.1, ""),
        "mirror": ("2階診察室", 3.8, 1),
        "external": ("受付", 0.2, 24),
        "offsite": ("データセンター", "", 24),
    },
    "みほ医院": {
        "primary": ("受付", 0.1, ""),
        "mirror": ("診察室", 0.2, 1),
        "external": ("受付の床", 0.2, 24),
        "offsite": ("データセンター", "", 24),
    },
    "巴川内科": {"primary": ("受付", 0.1, ""), "mirror": ("受付", 0.1, 1), "external": ("事務室の棚", 1.8, 24)},
    "草薙整形外科": {
        "primary": ("サーバー室", 0.2, ""),
        "mirror": ("サーバー室", 0.2, 1),
        "external": ("廊下の壁棚", 1.8, 24),
    },
    "大村眼科": {"primary": ("受付", 0.1, ""), "mirror": ("2階検査室", 3.8, 1), "external": ("受付", 0.2, 24)},
    "北脇内科クリニック": {"primary": ("受付", 0.2, ""), "external": ("受付の床", 0.1, 24)},
    "興津歯科クリニック分院": {
        "primary": ("受付の机", 0.8, ""),
        "mirror": ("診察室の机", 0.8, 1),
        "external": ("受付の机", 0.8, 24),
    },
    "岡部内科": {"primary": ("受付の棚", 0.7, ""), "mirror": ("診察室の机", 0.8, 1), "external": ("受付の棚", 0.9, 24)},
}

_WEEK = "Mo-Fr 08:30-17:30; Sa,Su,PH off"
_CALL = "Mo-Su 06:00-21:00"
ENGINEERS = [
    (
        "eng-1",
        "田中 拓也",
        "shizuoka",
        "静岡保守拠点",
        "090-0000-0101",
        34.9650,
        138.3980,
        "inspect;hardware;restore;network",
        _WEEK,
        _CALL,
    ),
    (
        "eng-2",
        "鈴木 恵",
        "shizuoka",
        "静岡保守拠点",
        "090-0000-0102",
        34.9720,
        138.3770,
        "inspect;hardware;network",
        _WEEK,
        _CALL,
    ),
    (
        "eng-3",
        "佐野 健",
        "shizuoka",
        "静岡保守拠点",
        "090-0000-0103",
        34.9560,
        138.3900,
        "inspect;hardware;restore",
        _WEEK,
        "Mo-Su 07:00-19:30",
    ),
    (
        "eng-4",
        "望月 良",
        "shizuoka",
        "静岡保守拠点",
        "090-0000-0104",
        35.0230,
        138.4620,
        "inspect;hardware;restore",
        _WEEK,
        _CALL,
    ),
    (
        "eng-5",
        "渡辺 彩",
        "shizuoka",
        "静岡保守拠点",
        "090-0000-0105",
        34.8690,
        138.2590,
        "inspect;hardware",
        _WEEK,
        _CALL,
    ),
    (
        "eng-6",
        "大石 学",
        "shizuoka",
        "静岡保守拠点",
        "090-0000-0106",
        34.9780,
        138.4010,
        "inspect;restore;claims",
        _WEEK,
        _CALL,
    ),
    (
        "eng-7",
        "村松 剛",
        "shizuoka",
        "浜松保守拠点",
        "090-0000-0107",
        34.7150,
        137.7300,
        "inspect;hardware;restore",
        _WEEK,
        _CALL,
    ),
    ("eng-8", "袴田 直", "shizuoka", "浜松保守拠点", "090-0000-0108", 34.7380, 137.7880, "inspect;hardware", _WEEK, ""),
    (
        "eng-9",
        "名倉 由紀",
        "shizuoka",
        "浜松保守拠点",
        "090-0000-0109",
        34.7010,
        137.7060,
        "inspect;hardware;network",
        _WEEK,
        _CALL,
    ),
    (
        "eng-10",
        "寺田 翔",
        "shizuoka",
        "浜松保守拠点",
        "090-0000-0110",
        34.7700,
        138.0150,
        "inspect;hardware",
        _WEEK,
        _CALL,
    ),
    (
        "eng-11",
        "勝又 浩",
        "shizuoka",
        "沼津保守拠点",
        "090-0000-0111",
        35.1070,
        138.8700,
        "inspect;hardware;restore",
        _WEEK,
        _CALL,
    ),
    (
        "eng-12",
        "土屋 真",
        "shizuoka",
        "沼津保守拠点",
        "090-0000-0112",
        35.1640,
        138.6800,
        "inspect;hardware",
        _WEEK,
        _CALL,
    ),
]


def flag(value):
    return "yes" if value else "no"


def table(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()
