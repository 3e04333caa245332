"""The official messages of the night, written in the shape of the JMA telegrams of 2022.

VPWW54 (warnings), VXWW50 (landslide alert), VPOA50 (record short-time rain), VXKO (river flood forecast). Each state is
given whole; what is new, goes on or has ended follows from the state before, as in the real telegrams.
"""

from datetime import timedelta
from xml.sax.saxutils import escape

from generator.clock import at

OFFICE = "静岡地方気象台"
CLASS20 = {
    "2210001": "静岡市南部",
    "2220900": "島田市",
    "2221200": "焼津市",
    "2221400": "藤枝市",
    "2222600": "牧之原市",
    "2242400": "吉田町",
    "2210002": "静岡市北部",
    "2242900": "川根本町",
    "2220500": "熱海市",
    "2220800": "伊東市",
    "2222200": "伊豆市",
    "2222500": "伊豆の国市",
    "2221900": "下田市",
    "2230100": "東伊豆町",
    "2230200": "河津町",
    "2230400": "南伊豆町",
    "2230500": "松崎町",
    "2230600": "西伊豆町",
    "2220300": "沼津市",
    "2220600": "三島市",
    "2221500": "御殿場市",
    "2222000": "裾野市",
    "2232500": "函南町",
    "2234100": "清水町",
    "2234200": "長泉町",
    "2234400": "小山町",
    "2220700": "富士宮市",
    "2221000": "富士市",
    "2213002": "浜松市北部",
    "2246100": "森町",
    "2213001": "浜松市南部",
    "2221100": "磐田市",
    "2221300": "掛川市",
    "2221600": "袋井市",
    "2222100": "湖西市",
    "2222300": "御前崎市",
    "2222400": "菊川市",
}
_CODES = list(CLASS20)
CENTRAL_SOUTH, CENTRAL_NORTH = _CODES[0:6], _CODES[6:8]
IZU_NORTH, IZU_SOUTH = _CODES[8:12], _CODES[12:18]
EAST_SOUTH, EAST_WEST = _CODES[18:26], _CODES[26:28]
WEST_NORTH, WEST_SOUTH = _CODES[28:30], _CODES[30:37]
CENTRAL, IZU, EAST, WEST = (
    CENTRAL_SOUTH + CENTRAL_NORTH,
    IZU_NORTH + IZU_SOUTH,
    EAST_SOUTH + EAST_WEST,
    WEST_NORTH + WEST_SOUTH,
)
CLASS15 = {
    "220011": ("中部南", CENTRAL_SOUTH),
    "220012": ("中部北", CENTRAL_NORTH),
    "220021": ("伊豆北", IZU_NORTH),
    "220022": ("伊豆南", IZU_SOUTH),
    "220031": ("富士山南東", EAST_SOUTH),
    "220032": ("富士山南西", EAST_WEST),
    "220041": ("遠州北", WEST_NORTH),
    "220042": ("遠州南", WEST_SOUTH),
}
CLASS10 = {"220010": ("中部", CENTRAL), "220020": ("伊豆", IZU), "220030": ("東部", EAST), "220040": ("西部", WEST)}
PREFECTURE = {"220000": ("静岡県", _CODES)}

KINDS = {
    "03": "大雨警報",
    "04": "洪水警報",
    "10": "大雨注意報",
    "14": "雷注意報",
    "15": "強風注意報",
    "18": "洪水注意報",
}
#: A warning and the advisory that it falls back to.
ADVISORY = {"03": "10", "04": "18"}
CONDITION = {"03": "土砂災害、浸水害"}


def _everywhere(*codes):
    return {area: set(codes) for area in _CODES}


def _with(state, areas, *codes, without=()):
    state = {area: set(kinds) for area, kinds in state.items()}
    for area in areas:
        state[area] = (state[area] | set(codes)) - set(without)
    return state


def warnings():
    """Each state of warnings and advisories in force: when issued, headline, codes by class20 area."""
    quiet = _everywhere()
    thunder = _with(_everywhere("14"), CENTRAL + WEST, "10")
    holiday = _with(_everywhere("14", "10"), CENTRAL_SOUTH + WEST_SOUTH + IZU, "15")
    west = _with(holiday, WEST, "03", "18", without=["10"])
    central = _with(_with(west, WEST, "04", without=["18"]), CENTRAL_SOUTH, "03", "18", without=["10"])
    all_central = _with(
        _with(central, CENTRAL, "03", "18", without=["10"]), WEST + ["2220900", "2221400"], "04", without=["18"]
    )
    night = _with(all_central, CENTRAL, "04", without=["18"])
    fuji = _with(night, EAST_WEST + IZU_NORTH, "03", "18", without=["10"])
    dawn = _with(fuji, WEST, "10", "18", without=["03", "04"])
    forenoon = _with(dawn, EAST_WEST + IZU_NORTH, "10", without=["03", "18"])
    noon = _with(
        _with(forenoon, CENTRAL, "10", "18", without=["04", "03"]),
        ["2210001", "2210002", "2242900"],
        "03",
        without=["10"],
    )
    afternoon = _with(_with(noon, _CODES, without=["18", "15"]), CENTRAL, "10", without=["03"])
    return [
        (at(22, "16:12"), "静岡県では、落雷や急な強い雨に注意してください。", thunder),
        (at(23, "05:24"), "静岡県では、土砂災害や低い土地の浸水、落雷に注意してください。", holiday),
        (at(23, "18:06"), "西部では、土砂災害や低い土地の浸水に警戒してください。", west),
        (at(23, "19:48"), "西部では河川の増水に、中部南では土砂災害や低い土地の浸水に警戒してください。", central),
        (at(23, "20:52"), "中部、西部では、土砂災害や低い土地の浸水、河川の増水に警戒してください。", all_central),
        (at(23, "22:18"), "中部、西部では、河川の氾濫に警戒してください。", night),
        (at(23, "23:56"), "静岡県では、土砂災害や低い土地の浸水に警戒してください。", fuji),
        (at(24, "05:28"), "中部では、引き続き土砂災害や河川の氾濫に警戒してください。", dawn),
        (at(24, "08:37"), "中部では、引き続き土砂災害や河川の氾濫に警戒してください。", forenoon),
        (at(24, "11:16"), "静岡市、川根本町では、引き続き土砂災害に警戒してください。", noon),
        (at(24, "15:44"), "中部では、土砂災害に注意してください。", afternoon),
        (at(25, "04:33"), "注意報を解除します。", quiet),
    ]


def landslides():
    """Areas under the landslide alert, whole each time."""
    west, deep = ["2213002", "2246100"], ["2213001", "2221100", "2221300", "2221600"]
    middle = ["2220900", "2221400"]
    return [
        (at(23, "20:45"), west),
        (at(23, "21:30"), west + deep),
        (at(23, "22:15"), west + deep + middle),
        (at(23, "23:35"), west + deep + middle + ["2210002", "2242900"]),
        (at(24, "01:05"), west + deep + middle + ["2210002", "2242900", "2221200", "2222600"]),
        (at(24, "02:10"), west + deep + middle + ["2210002", "2242900", "2221200", "2222600", "2210001"]),
        (at(24, "05:50"), middle + ["2210002", "2242900", "2221200", "2210001"]),
        (at(24, "09:15"), ["2210002", "2242900", "2210001"]),
        (at(24, "11:40"), []),
    ]


#: Sixteen messages with 32 entries: class10 area, time of the rain, places. Those with "で" and a point are observed.
RECORD_RAIN = [
    ("220040", at(23, "20:30"), "浜松市天竜区付近で約１１０ミリ 浜松市北区付近で約１１０ミリ"),
    (
        "220040",
        at(23, "20:50"),
        "浜松市浜北区付近で１２０ミリ以上 浜松市天竜区付近で１２０ミリ以上 磐田市付近で約１１０ミリ",
    ),
    ("220040", at(23, "21:10"), "磐田市付近で約１２０ミリ 森町付近で約１１０ミリ"),
    ("220040", at(23, "21:30"), "森町付近で１２０ミリ以上 掛川市付近で約１１０ミリ"),
    ("220010", at(23, "21:50"), "島田市道悦で１２６ミリ 島田市付近で１２０ミリ以上"),
    ("220010", at(23, "22:00"), "藤枝市瀬戸谷で１１７ミリ 藤枝市付近で１２０ミリ以上"),
    ("220010", at(23, "22:20"), "藤枝市岡部町付近で約１１０ミリ 焼津市付近で約１１０ミリ"),
    ("220010", at(23, "22:50"), "牧之原市付近で約１１０ミリ 吉田町付近で約１１０ミリ"),
    ("220010", at(23, "23:30"), "島田市付近で約１１０ミリ"),
    ("220010", at(24, "00:10"), "川根本町付近で約１１０ミリ 島田市川根町付近で約１１０ミリ"),
    ("220010", at(24, "00:30"), "静岡市葵区付近で約１１０ミリ 藤枝市付近で約１１０ミリ"),
    ("220010", at(24, "00:50"), "島田市伊久美で１２７ミリ 静岡市葵区付近で１２０ミリ以上"),
    ("220010", at(24, "01:30"), "静岡市葵区付近で約１１０ミリ 静岡市駿河区付近で約１１０ミリ"),
    ("220010", at(24, "01:50"), "静岡市駿河区付近で１２０ミリ以上 静岡市清水区付近で約１１０ミリ"),
    ("220010", at(24, "02:20"), "静岡市清水区付近で１２０ミリ以上 静岡市葵区付近で約１１０ミリ"),
    ("220010", at(24, "02:40"), "静岡市清水区日本平で１１１ミリ 静岡市清水区付近で１２０ミリ以上"),
]


def calm(issued):
    """A message that says that nothing is warned of."""
    quiet = _everywhere()
    return _warning(issued, "警報・注意報は発表されていません。", quiet, quiet)


def messages():
    """Every message with the time at which it was received, in order of the time of issue."""
    found = []
    before = {area: set() for area in _CODES}
    for issued, headline, state in warnings():
        found.append((issued, _warning(issued, headline, before, state)))
        before = state
    alerted = []
    for serial, (issued, areas) in enumerate(landslides(), 1):
        found.append((issued, _landslide(issued, serial, alerted, areas)))
        alerted = areas
    for serial, (area, observed, places) in enumerate(RECORD_RAIN, 1):
        issued = observed.replace(minute=observed.minute + 7)
        found.append((issued, _record_rain(issued, observed, area, places, serial)))
    found.append(
        (
            at(23, "22:40"),
            _river(
                at(23, "22:40"),
                1,
                "氾濫危険情報",
                "40",
                "【警戒レベル４相当情報［洪水］】菊川では、氾濫危険水位に到達し、氾濫のおそれあり",
            ),
        )
    )
    found.append(
        (at(24, "04:20"), _river(at(24, "04:20"), 2, "氾濫注意情報解除", "10", "菊川では、氾濫注意水位を下回る"))
    )
    return sorted(found, key=lambda each: each[0])


def _report(title, head_title, issued, event, serial, kind, version, headline, information, body):
    japan = issued.isoformat()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Report xmlns="http://xml.kishou.go.jp/jmaxml1/" xmlns:jmx="http://xml.kishou.go.jp/jmaxml1/">\n<Control>\n'
        f"<Title>{title}</Title>\n<DateTime>{_utc(issued)}</DateTime>\n<Status>通常</Status>\n"
        f"<EditorialOffice>{OFFICE}</EditorialOffice>\n<PublishingOffice>{OFFICE}</PublishingOffice>\n</Control>\n"
        '<Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/">\n'
        f"<Title>{head_title}</Title>\n<ReportDateTime>{japan}+09:00</ReportDateTime>\n"
        f"<TargetDateTime>{japan}+09:00</TargetDateTime>\n{_filled('EventID', event)}\n<InfoType>発表</InfoType>\n"
        f"{_filled('Serial', serial)}\n<InfoKind>{kind}</InfoKind>\n<InfoKindVersion>{version}</InfoKindVersion>\n"
        f"<Headline>\n<Text>{escape(headline)}</Text>\n{information}</Headline>\n</Head>\n"
        '<Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/meteorology1/">\n' + body + "</Body>\n</Report>\n"
    )


def _utc(issued):
    return (issued - timedelta(hours=9)).isoformat() + "Z"


def _filled(tag, value):
    return f"<{tag}>{value}</{tag}>" if value else f"<{tag}/>"


def _area(name, code):
    return f"<Area><Name>{name}</Name><Code>{code}</Code></Area>\n"


TIERS = [
    ("府県予報区等", "気象情報／府県予報区・細分区域等", PREFECTURE),
    ("一次細分区域等", "気象情報／府県予報区・細分区域等", CLASS10),
    ("市町村等をまとめた地域等", "気象情報／府県予報区・細分区域等", CLASS15),
    ("市町村等", "気象・地震・火山情報／市町村等", {code: (name, [code]) for code, name in CLASS20.items()}),
]


def _warning(issued, headline, before, state):
    information = body = ""
    for tier, code_type, areas in TIERS:
        type_name = f"気象警報・注意報（{tier}）"
        listed = items = ""
        for code, (name, members) in areas.items():
            was = set().union(*(before[member] for member in members))
            now = set().union(*(state[member] for member in members))
            if now:
                kinds = "".join(f"<Kind><Name>{KINDS[kind]}</Name><Code>{kind}</Code></Kind>\n" for kind in sorted(now))
                listed += f'<Item>\n{kinds}<Areas codeType="{code_type}">\n{_area(name, code)}</Areas>\n</Item>\n'
            items += _warning_item(name, code, was, now)
        if listed:
            information += f'<Information type="{type_name}">\n{listed}</Information>\n'
        body += f'<Warning type="{type_name}">\n{items}</Warning>\n'
    return _report(
        "気象警報・注意報（Ｈ２７）",
        "静岡県気象警報・注意報",
        issued,
        "",
        "",
        "気象警報・注意報",
        "1.2_2",
        headline,
        information,
        body,
    )


def _warning_item(name, code, was, now):
    kinds = ""
    downgraded = {ADVISORY[kind] for kind in was - now if kind in ADVISORY and ADVISORY[kind] in now - was}
    for kind in sorted(now):
        status = "警報から注意報" if kind in downgraded else "継続" if kind in was else "発表"
        condition = f"<Condition>{CONDITION[kind]}</Condition>" if kind in CONDITION else ""
        kinds += f"<Kind><Name>{KINDS[kind]}</Name><Code>{kind}</Code><Status>{status}</Status>{condition}</Kind>\n"
    replaced = {warning for warning, advisory in ADVISORY.items() if advisory in downgraded}
    # An advisory that grew into its warning is not said to have ended.
    replaced |= {advisory for warning, advisory in ADVISORY.items() if warning in now - was}
    for kind in sorted(was - now - replaced):
        kinds += f"<Kind><Name>{KINDS[kind]}</Name><Code>{kind}</Code><Status>解除</Status></Kind>\n"
    if not kinds:
        kinds = "<Kind><Status>発表警報・注意報はなし</Status></Kind>\n"
    change = "警報・注意報種別に変化有" if was != now else "変化無"
    return f"<Item>\n{kinds}{_area(name, code)}<ChangeStatus>{change}</ChangeStatus>\n</Item>\n"


def _landslide(issued, serial, before, alerted):
    event = "静岡県土砂災害警戒情報"
    listed = items = ""
    for code, name in CLASS20.items():
        status = ("継続" if code in before else "発表") if code in alerted else "解除" if code in before else "なし"
        kind, number = ("警戒", "3") if code in alerted else ("解除", "1") if code in before else ("なし", "0")
        items += (
            f"<Item>\n<Kind><Name>{kind}</Name><Code>{number}</Code><Status>{status}</Status></Kind>\n"
            f"{_area(name, code)}</Item>\n"
        )
        if status != "なし":
            listed += (
                f"<Item>\n<Kind><Name>{kind}</Name><Code>{number}</Code><Condition>{status}</Condition></Kind>\n"
                f'<Areas codeType="気象・地震・火山情報／市町村等">\n{_area(name, code)}</Areas>\n</Item>\n'
            )
    headline = (
        "＜概況＞\n降り続く大雨のため、警戒対象地域では土砂災害の危険度が高まっています【警戒レベル４相当情報［土砂災害］】。"
        if alerted
        else "＜概況＞\n大雨は峠を越え、土砂災害の危険度は低くなりました。"
    )
    body = f'<TargetArea><Name>静岡県</Name><Code>220000</Code></TargetArea>\n<Warning type="土砂災害警戒情報">\n{items}</Warning>\n'
    return _report(
        "土砂災害警戒情報",
        "静岡県土砂災害警戒情報",
        issued,
        event,
        serial,
        "土砂災害警戒情報",
        "1.0_0",
        headline,
        f'<Information type="土砂災害警戒情報">\n{listed}</Information>\n',
        body,
    )


def _record_rain(issued, observed, area, places, serial):
    name = CLASS10[area][0]
    kind_name = "記録的短時間大雨情報"
    clock = f"{observed.hour}時{observed.minute}分".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    clock = clock.replace("時０分", "時")
    headline = f"{clock}静岡県で記録的短時間大雨\n" + places.replace(" ", "\n")
    listed = (
        f'<Information type="{kind_name}（発表細分）">\n<Item>\n<Kind><Name>{kind_name}</Name><Code>1</Code>'
        f'<Condition>発表</Condition></Kind>\n<Areas codeType="気象情報／府県予報区・細分区域等">\n{_area(name, area)}'
        "</Areas>\n</Item>\n</Information>\n"
    )
    body = (
        f'<Warning type="{kind_name}（発表細分）">\n<Item>\n<Kind><Name>{kind_name}</Name><Code>1</Code>'
        f"<Status>発表</Status></Kind>\n{_area(name, area)}</Item>\n</Warning>\n"
    )
    return _report(
        kind_name, "静岡県記録的短時間大雨情報", issued, "", serial, kind_name, "1.0_0", headline, listed, body
    )


def _river(issued, serial, name, code, headline):
    event = "850502000100"
    kind = f"<Kind><Name>{name}</Name><Code>{code}</Code><Condition>{'洪水警報' if code == '40' else '洪水注意報解除'}</Condition></Kind>\n"
    listed = "".join(
        f'<Information type="指定河川洪水予報（{tier}）">\n<Item>\n{kind}<Areas codeType="{code_type}">\n{_area(*area)}</Areas>\n</Item>\n</Information>\n'
        for tier, code_type, area in (
            ("予報区域", "指定河川洪水予報（予報区域）", ("菊川", event)),
            ("河川", "河川", ("菊川", "8505020001")),
            ("府県予報区等", "気象情報／府県予報区・細分区域等", ("静岡県", "220000")),
        )
    )
    cities = "".join(
        '<Area codeType="水位観測所"><Name>加茂水位観測所</Name><Code>85050200010001000</Code><Prefecture>静岡県</Prefecture>'
        f"<PrefectureCode>22000</PrefectureCode><City>{CLASS20[city]}</City><CityCode>{city}</CityCode><SubCityList>-</SubCityList></Area>\n"
        for city in ("2222400", "2221300")
    )
    body = (
        (
            '<Warning type="指定河川洪水予報">\n<Item>\n<Kind><Property><Type>主文</Type>'
            f"<Text>{headline}</Text></Property></Kind>\n<Areas codeType=\"河川\">\n{_area('菊川', '8505020001')}</Areas>\n</Item>\n"
            "<Item>\n<Kind><Name>浸水想定地区</Name><Code>1</Code><Status>対象地域</Status></Kind>\n"
            f"<Areas>\n{cities}</Areas>\n</Item>\n</Warning>\n"
        )
        if code == "40"
        else '<Warning type="指定河川洪水予報"/>\n'
    )
    return _report(
        "指定河川洪水予報", f"菊川{name}", issued, event, serial, "指定河川洪水予報", "1.1_1", headline, listed, body
    )
