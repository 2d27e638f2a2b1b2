"""How figures look: one frozen object, passed explicitly; the only place that sets matplotlib's settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tieout.present.lettering import FAMILY, register_fonts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ONE_COLUMN_MM, TWO_COLUMNS_MM = 85.0, 170.0
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """A journal's way with figures.

    `colors` are Okabe and Ito's, told apart by colour-blind readers; `dashes` tell lines apart in grey.
    `bar_colors` are their lighter kin, on which `hatches` show.
    `grades` run from light to dark, so that the order shows in grey as well. Sizes are points at print size.
    """

    width_mm: float = TWO_COLUMNS_MM
    text_pt: float = 8.0
    small_pt: float = 7.0
    line_pt: float = 1.3
    axis_pt: float = 0.6
    ink: str = "#000000"
    muted: str = "#6b6b6b"
    colors: tuple[str, ...] = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
    dashes: tuple[Any, ...] = ("solid", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1)))
    bar_colors: tuple[str, ...] = ("#d9d9d9", "#5aa9d6", "#f3b562", "#8fcfb5", "#e3b3d0", "#ffffff")
    hatches: tuple[str, ...] = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")
    grades: tuple[str, ...] = ("#e3ecf3", "#b3cde0", "#6497b1", "#2b6a99", "#0b2545")
    band_alpha: float = 0.16


def settings(style: FigureStyle) -> dict[str, Any]:
    """Return matplotlib's settings for `style`: embedded fonts, and bytes that never change by themselves."""
    return {
        "font.family": [FAMILY],
        "font.size": style.text_pt,
        "axes.labelsize": style.text_pt,
        "axes.linewidth": style.axis_pt,
        "axes.edgecolor": style.ink,
        "axes.labelcolor": style.ink,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.labelsize": style.text_pt,
        "ytick.labelsize": style.text_pt,
        "xtick.major.width": style.axis_pt,
        "ytick.major.width": style.axis_pt,
        "xtick.major.size": 3,
        "ytick.major.size": 3,
        "hatch.linewidth": 0.5,
        "lines.linewidth": style.line_pt,
        "lines.solid_capstyle": "butt",
        "lines.dash_capstyle": "butt",
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "svg.fonttype": "path",
        "svg.hashsalt": "tieout",
        "pdf.fonttype": 42,
        "text.hinting": "none",
        "text.usetex": False,
        "text.parse_math": False,
        "path.simplify": False,
    }


@contextmanager
def drawing(style: FigureStyle) -> Iterator[None]:
    """Draw or save inside this: matplotlib's own settings are as before afterwards."""
    import matplotlib as mpl  # noqa: PLC0415  (half a second that a document with drawn figures does not pay)

    register_fonts()
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever a user's matplotlibrc says, the figure is the same
        for name, value in settings(style).items():
            mpl.rcParams[name] = value  # type: ignore[index]  # the names are spelled in settings
        yield


def new_figure(width_mm: float, height_mm: float) -> Figure:
    """Return an empty figure of this size, without pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  (as in drawing)
    from matplotlib.figure import Figure as New  # noqa: PLC0415  (as in drawing)

    figure = New(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH))
    FigureCanvasAgg(figure)
    return figure


def axes_mm(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes whose place is given in millimetres from the figure's lower left corner."""
    whole_width, whole_height = (side * MM_PER_INCH for side in figure.get_size_inches())
    place = (left / whole_width, bottom / whole_height, width / whole_width, height / whole_height)
    return figure.add_axes(place)


def size_mm(axes: Axes) -> tuple[float, float]:
    """Return the width and height of axes in millimetres."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes stand in no figure")
    width, height = figure.get_size_inches()
    place = axes.get_position()
    return float(place.width * width * MM_PER_INCH), float(place.height * height * MM_PER_INCH)


def canvas_mm(figure: Figure) -> Axes:
    """Add invisible axes over the whole figure, in millimetres from the upper left corner."""
    width, height = (side * MM_PER_INCH for side in figure.get_size_inches())
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    return axes
