"""Draws the engine's cost by the size of the fleet and a database's size by days as one SVG: no fonts, no scripts."""

import math

TOP, WIDTH, HEIGHT = 64, 250, 220
SITES = [1_000, 10_000, 100_000, 1_000_000]


def word(text: str, x: float, y: float, anchor: str, size: int = 12, kind: str = "w") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{text}</text>'


def line(points: list[tuple[float, float]], kind: str) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [f'<polyline class="l {kind}" points="{path}"/>'] + [
        f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points]


def engine_panel(rows: list[dict], left: int) -> list[str]:
    """Memory, restart and dearest tick of the engine; both axes logarithmic."""
    def across(sites: float) -> float:
        return left + WIDTH * (math.log10(sites) - 3) / 3

    def up(value: float) -> float:
        return TOP + HEIGHT * (1 - (math.log10(max(value, 0.01)) + 2) / 6)

    parts = [
        f'<rect class="i" x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}"/>',
        word("The engine by the size of the fleet", left, TOP - 34, "start", 14),
    ]
    for sites in SITES:
        parts.append(word(f"{sites:,}", across(sites), TOP + HEIGHT + 18, "middle"))
    parts.append(word("sites", left + WIDTH, TOP + HEIGHT + 36, "end"))
    for power in range(-2, 5):
        parts.append(word(f"{10.0**power:g}", left - 6, up(10.0**power) + 4, "end"))
    for key, factor, name, kind in [
        ("bytesPerSite", None, "memory, MiB", "a"), ("restartSeconds", 1, "restart, s", "b"),
        ("silentTickMilliseconds", 1, "dearest tick, ms", "c"),
    ]:  # fmt: skip
        points = []
        for row in rows:
            value = row[key] * row["sites"] / 2**20 if factor is None else row[key]
            points.append((across(row["sites"]), up(value)))
        parts += line(points, kind)
        if points:
            parts.append(word(name, points[0][0] + 6, points[0][1] - 7, "start", 12, kind))
    return parts


def growth_panel(curves: list, left: int, total) -> list[str]:
    """Size of the database by days, for each store."""
    days = max(sample["days"] for _, samples in curves for sample in samples)
    most = max(total(sample) for _, samples in curves for sample in samples) / 2**20
    step = 10 ** math.floor(math.log10(most)) / 2
    top = math.ceil(most / step) * step
    sites = curves[0][1][0]["sites"]

    def across(day: float) -> float:
        return left + WIDTH * day / days

    def up(value: float) -> float:
        return TOP + HEIGHT * (1 - value / top)

    parts = [
        f'<rect class="i" x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}"/>',
        word(f"The database of {sites:,} sites by days, MiB", left, TOP - 34, "start", 14),
        word("days", left + WIDTH, TOP + HEIGHT + 36, "end"),
    ]
    for day in range(0, days + 1, max(days // 4, 1)):
        parts.append(word(str(day), across(day), TOP + HEIGHT + 18, "middle"))
    for number in range(round(top / step) + 1):
        parts.append(word(f"{number * step:g}", left - 6, up(number * step) + 4, "end"))
    for (store, samples), kind in zip(curves, "ab"):
        points = [(across(sample["days"]), up(total(sample) / 2**20)) for sample in samples]
        parts += line(points, kind)
        parts.append(word(store, points[-1][0] - 4, points[-1][1] - 8, "end", 12, kind))
    return parts


def svg(engine: list[dict], curves: list, total) -> str:
    """Both panels side by side."""
    body = "\n".join(engine_panel(engine, 56) + growth_panel(curves, 380, total))
    said = "; ".join(f"{row['sites']:,} sites: {row['bytesPerSite']:,.0f} B a site, restart {row['restartSeconds']} s" for row in engine)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 336" role="img" aria-labelledby="t d" \
font-family="sans-serif" font-size="12">
<title id="t">What a larger fleet and a longer past cost</title>
<desc id="d">{said}.</desc>
<style>.i{{stroke:#57606a;fill:none}}.w{{fill:#57606a}}.l{{fill:none!important;stroke-width:2}}\
.a{{fill:#0b6bcb;stroke:#0b6bcb}}.b{{fill:#b35900;stroke:#b35900}}.c{{fill:#1a7f37;stroke:#1a7f37}}text{{stroke:none!important}}\
@media (prefers-color-scheme:dark){{.i{{stroke:#a8b1bb}}.w{{fill:#a8b1bb}}.a{{fill:#6cb6ff;stroke:#6cb6ff}}\
.b{{fill:#f0a35e;stroke:#f0a35e}}.c{{fill:#56d364;stroke:#56d364}}}}</style>
{body}
</svg>
"""
