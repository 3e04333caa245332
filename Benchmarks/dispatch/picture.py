"""Draws cost over time of planning as one SVG: no fonts, no scripts, readable on light and dark pages."""

import math

LEFT, TOP, WIDTH, HEIGHT = 64, 56, 520, 260
TIMES = [(10, "10 ms"), (30, "30 ms"), (100, "100 ms"), (300, "300 ms"), (1_000, "1 s"), (10_000, "10 s"), (60_000, "1 min")]


def svg(curve: list[dict], solved: list[dict]) -> str:
    """The curve of Anpi's budgets under the line that OR-Tools reaches."""
    highest = max([1.0] + [point["ratio"] for point in curve])
    lowest = min([1.0] + [point["ratio"] for point in curve])
    top, bottom = math.ceil(highest * 50 + 0.5) / 50, math.floor(lowest * 50 - 0.5) / 50
    seconds = sum(day["processorSeconds"] for day in solved) / len(solved)

    def across(milliseconds: float) -> float:
        first, last = math.log10(8), math.log10(150_000)
        return LEFT + WIDTH * (math.log10(milliseconds) - first) / (last - first)

    def up(ratio: float) -> float:
        return TOP + HEIGHT * (top - ratio) / (top - bottom)

    said = "; ".join(f"{p['milliseconds']:.0f} ms: {p['ratio']:.3f}" for p in curve)
    parts = [
        f'<rect class="i" x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}"/>',
        word("Cost of a plan beside OR-Tools'", LEFT, TOP - 26, "start", 14),
        word("ratio (lower is better)", LEFT, TOP - 8, "start"),
        word("time of the processor", LEFT + WIDTH, TOP + HEIGHT + 38, "end"),
    ]
    for milliseconds, name in TIMES:
        parts.append(word(name, across(milliseconds), TOP + HEIGHT + 18, "middle"))
    step = 0.02
    for number in range(round(bottom / step), round(top / step) + 1):
        parts.append(word(f"{number * step:.2f}", LEFT - 8, up(number * step) + 4, "end"))
    parts.append(f'<path class="i" stroke-dasharray="4 4" d="M{LEFT},{up(1):.1f}H{LEFT + WIDTH}"/>')
    parts.append(f'<circle class="i" cx="{across(seconds * 1_000):.1f}" cy="{up(1):.1f}" r="4"/>')
    parts.append(word("OR-Tools", across(seconds * 1_000), up(1) - 10, "middle"))
    points = " ".join(f"{across(p['milliseconds']):.1f},{up(p['ratio']):.1f}" for p in curve)
    parts.append(f'<polyline class="a" points="{points}"/>')
    named = -math.inf
    for point in curve:
        x, y = across(point["milliseconds"]), up(point["ratio"])
        parts.append(f'<circle class="b" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        # Names would lie on one another.
        if y - named < 14:
            continue
        named = y
        parts.append(word(f"{point['moves']:,} moves", x + 7, y - 7, "start"))
    body = "\n".join(parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 372" role="img" aria-labelledby="t d" \
font-family="sans-serif" font-size="12">
<title id="t">Cost of a plan beside OR-Tools', by the time that planning takes</title>
<desc id="d">{said}; OR-Tools: 1 after {seconds:.0f} s of the processor.</desc>
<style>.i{{stroke:#57606a;fill:none}}.w{{fill:#57606a}}.a{{stroke:#0b6bcb;fill:none;stroke-width:2}}\
.b{{fill:#0b6bcb}}@media (prefers-color-scheme:dark){{.i{{stroke:#a8b1bb}}.w{{fill:#a8b1bb}}\
.a{{stroke:#6cb6ff}}.b{{fill:#6cb6ff}}}}</style>
{body}
</svg>
"""


def word(text: str, x: float, y: float, anchor: str, size: int = 12) -> str:
    return f'<text class="w" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{text}</text>'
