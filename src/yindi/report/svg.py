"""A drawing as SVG text: same drawing, same bytes. Points carry their reference and stored value."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from yindi.core.finding import Quantity
from yindi.report.draw import Area, Box, Dot, Drawing, Mark, Stroke, Words
from yindi.report.text import checksum, stored

FONT = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','Noto Sans SC',sans-serif"
_PATHS: dict[int, tuple[object, str]] = {}


def _n(value: float) -> str:
    return f"{round(value, 1) + 0.0:.10g}"


def _ring(flat: tuple[float, ...]) -> str:
    xs, ys = [round(v * 10) for v in flat[::2]], [round(v * 10) for v in flat[1::2]]
    steps = [f"{a - b} {c - d}" for a, b, c, d in zip(xs[1:], xs, ys[1:], ys, strict=False) if (a, c) != (b, d)]
    return f"M{xs[0]} {ys[0]}" + (f"l{' '.join(steps)}".replace(" -", "-") if steps else "h1") + "z"


def _path(rings: tuple[tuple[float, ...], ...]) -> str:
    """The path of closed rings in tenths of a pixel; long ones are kept, keyed by the object they came from."""
    if id(rings) in _PATHS and _PATHS[id(rings)][0] is rings:
        return _PATHS[id(rings)][1]
    text = "".join(_ring(r) for r in rings)
    _PATHS[id(rings)] = (rings, text)
    return text


def _point(point: Quantity | None, title: str) -> tuple[str, str]:
    mine = f' data-ref={quoteattr(str(point.ref))} data-value="{stored(point)}"' if point else ""
    return mine, f"<title>{escape(title)}</title>" if title else ""


def _element(name: str, attributes: str, inner: str) -> str:
    return f"<{name} {attributes}>{inner}</{name}>" if inner else f"<{name} {attributes}/>"


def _shape(d: Dot) -> tuple[str, str]:
    x, y, r = d.x, d.y, d.r
    match d.shape:
        case "square":
            return "rect", f'x="{_n(x - r)}" y="{_n(y - r)}" width="{_n(2 * r)}" height="{_n(2 * r)}"'
        case "diamond":
            return (
                "path",
                f'd="M{_n(x - r - 1)} {_n(y)}L{_n(x)} {_n(y - r - 1)} {_n(x + r + 1)} {_n(y)} {_n(x)} {_n(y + r + 1)}z"',
            )
        case "triangle":
            return "path", f'd="M{_n(x - r)} {_n(y + r)}L{_n(x)} {_n(y - r)} {_n(x + r)} {_n(y + r)}z"'
        case _:
            return "circle", f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}"'


def element(mark: Mark) -> str:
    """One mark as an SVG element."""
    match mark:
        case Area():
            ref, title = _point(mark.point, mark.title)
            fill = mark.fill or "none"
            look = f'fill="{fill}" stroke="{mark.stroke}" stroke-width="{_n(mark.width * 10)}"'
            return _element("path", f'd="{_path(mark.rings)}" transform="scale(.1)" {look}{ref}', title)
        case Stroke():
            xy = " ".join(_n(v) for v in mark.points)
            dash = f' stroke-dasharray="{_n(mark.dash)}"' if mark.dash else ""
            return f'<polyline points="{xy}" fill="none" stroke="{mark.stroke}" stroke-width="{_n(mark.width)}"{dash}/>'
        case Box():
            ref, title = _point(mark.point, mark.title)
            edge = f' stroke="{mark.stroke}"' if mark.stroke else ""
            where = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.wide)}" height="{_n(mark.high)}"'
            return _element("rect", f'{where} fill="{mark.fill}"{edge}{ref}', title)
        case Dot():
            ref, title = _point(mark.point, mark.title)
            name, where = _shape(mark)
            return _element(name, f'{where} fill="{mark.fill}" stroke="{mark.stroke}" stroke-width="1.4"{ref}', title)
        case Words():
            bold = ' font-weight="bold"' if mark.bold else ""
            anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
            look = f'font-size="{_n(mark.size)}" fill="{mark.fill}"{anchor}{bold}'
            return f'<text x="{_n(mark.x)}" y="{_n(mark.y)}" {look}>{escape(mark.text)}</text>'


def svg(drawing: Drawing, *, title: str, description: str = "", key: str = "figure", alone: bool = False) -> str:
    """The drawing as one <svg> element, named for screen readers; `alone` makes it a file of its own."""
    wide, high = _n(drawing.wide), _n(drawing.high)
    names = f"{key}-title {key}-text" if description else f"{key}-title"
    head = f'viewBox="0 0 {wide} {high}" role="img" aria-labelledby="{names}" font-family="{FONT}" stroke-linejoin="round"'
    space = f' xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"' if alone else ""
    text = f'<title id="{key}-title">{escape(title)}</title>'
    text += f'<desc id="{key}-text">{escape(description)}</desc>' if description else ""
    body = "\n".join(element(m) for m in (*drawing.base, *drawing.marks))
    inner = f"{text}\n{body}\n"
    return f'<svg{space} {head} data-sum="{checksum(inner)}">{inner}</svg>'
