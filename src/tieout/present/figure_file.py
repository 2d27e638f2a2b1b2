"""Figures as files: drawn anew only when a result that they show, their module or the style changed."""

from __future__ import annotations

import ast
import difflib
import functools
import hashlib
import importlib.util
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.present.recording import recorded, state_of
from tieout.present.style import FigureStyle, drawing
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.markdown import escape
from tieout.values.navigate import Branch, store_of, style_of
from tieout.values.project import project_root
from tieout.values.style import NBSP
from tieout.values.tie import Tie

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "figures"
CACHE = Path(".tieout", "cache", "figures")
DEFAULT_STYLE = FigureStyle()
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
    "tiff": {},
}
_DPI = {"svg": 72, "pdf": 72, "png": 300, "tiff": 600}


@dataclass(frozen=True, slots=True)
class FigureFile:
    """A drawn figure as a document prints it: without a suffix, so that each output takes its own format."""

    name: str
    alternative: str
    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown


def figure(
    name: str,
    r: Branch,
    style: FigureStyle = DEFAULT_STYLE,
    *,
    formats: tuple[str, ...] = ("svg", "png"),
    root: Path | None = None,
) -> FigureFile:
    """Draw `figures/NAME.py` if anything that it shows changed, and return what a document prints.

    The module has ``draw(r, style) -> Figure`` and ``describe(r) -> str``, the alternative text.

    Parameters
    ----------
    formats : "svg", "pdf" (both with embedded fonts), "png" (300 dpi), "tiff" (600 dpi, LZW).
    root : the project's folder; by default the one that holds the current folder.

    Returns
    -------
    FigureFile
        prints ``![](figures/NAME){fig-alt="…"}``. `.tieout/cache/figures/NAME.json` keeps what was read
        (`reads`), the ties that the figure or its description prints (`ties`) and all its strings (`texts`).

    Raises
    ------
    FindingsError
        when there is no such figure. What `draw` raises is passed on.
    """
    root = root or project_root(Path.cwd())
    source = root / FOLDER / f"{name}.py"
    if not source.is_file():
        raise FindingsError([_unknown(name, root)])
    stamp_file = root / CACHE / f"{name}.json"
    made_by = _made_by(source, root, (style, style_of(r)))
    stamp = _read_stamp(stamp_file)
    if not _is_current(stamp, made_by, r, [source.with_suffix(f".{kind}") for kind in formats]):
        kinds = tuple(
            dict.fromkeys([*formats, *(kind for kind in _DPI if source.with_suffix(f".{kind}").is_file())])
        )
        stamp = _drawn(source, r, style, kinds) | {"made_by": made_by}
        stamp_file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(stamp, indent=1, ensure_ascii=False) + "\n"
        stamp_file.write_text(text, encoding="utf-8", newline="\n")
    alternative = str(stamp["alternative"])
    markdown = f'![]({FOLDER}/{name}){{fig-alt="{escape(alternative)}"}}'
    return FigureFile(name, alternative, markdown)


def write_figure(made: Figure, path: Path, style: FigureStyle) -> None:
    """Write a figure in the format of `path`'s suffix; equal bytes for an equal figure."""
    kind = path.suffix.removeprefix(".")
    options: dict[str, Any] = {"pil_kwargs": {"compression": "tiff_lzw"}} if kind == "tiff" else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    with drawing(style):
        made.savefig(unfinished, format=kind, dpi=_DPI[kind], metadata=_METADATA[kind] or None, **options)
    unfinished.replace(path)


def _drawn(source: Path, r: Branch, style: FigureStyle, formats: Iterable[str]) -> dict[str, Any]:
    module = _load(source)
    view, seen, ties = recorded(r)
    with drawing(style):
        made = module["draw"](view, style)
    # hard spaces belong to the numbers: only the source's own line breaks are taken out
    alternative = re.sub(r"[ \t\r\n]+", " ", str(module["describe"](view))).strip()
    for kind in formats:
        write_figure(made, source.with_suffix(f".{kind}"), style)
    texts = _texts(made)
    return {
        "alternative": alternative,
        "reads": state_of(seen.seen, store_of(r)),
        "ties": _printed(ties, [*texts, alternative]),
        "texts": texts,
    }


def _load(source: Path) -> dict[str, Callable[..., Any]]:
    # loaded anew, not imported: a kernel that stays warm must not draw by yesterday's source
    spec = importlib.util.spec_from_file_location(f"{FOLDER}.{source.stem}", source)
    if spec is None or spec.loader is None:
        raise ImportError(f"{source.name} cannot be loaded as a module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for function in ("draw", "describe"):
        if not callable(getattr(module, function, None)):
            finding = Finding(
                "figure/incomplete",
                f"this module has no function {function}",
                Place(f"{FOLDER}/{source.name}"),
                {},
                "define draw(r, style), which returns the figure, and describe(r), its alternative text",
            )
            raise FindingsError([finding])
    return vars(module)


def _texts(made: Figure) -> list[str]:
    from matplotlib.text import Text  # noqa: PLC0415  (only when something was drawn)

    found = [text.get_text() for text in made.findobj(Text) if isinstance(text, Text) and text.get_visible()]
    return list(dict.fromkeys(text for text in found if text))


def _printed(ties: list[Tie], texts: list[str]) -> list[dict[str, str]]:
    whole = "\n".join(texts)
    keys = {f"{tie.key}.{tie.facet}": tie.text for tie in ties if _stands_in(tie.text, whole)}
    return [{"key": key, "text": text} for key, text in keys.items()]


def _stands_in(text: str, whole: str) -> bool:
    """Whether `text` is there by itself: 2 does not stand in 12, nor in 0.2 or 2%.

    A hard space counts as a space: a description may have been wrapped and joined again.
    """
    text, whole = (each.replace(NBSP, " ") for each in (text, whole))
    return re.search(rf"(?<![\w.,]){re.escape(text)}(?![\w%]|[.,]\d)", whole) is not None


def _made_by(source: Path, root: Path, styles: tuple[object, ...]) -> str:
    """Hash the code that draws: the module, the study's modules that it imports, this package, the styles."""
    hashed = hashlib.sha256(repr(styles).encode())
    for path in _with_imports(source, root):
        hashed.update(path.read_bytes())
    hashed.update(_own_code())
    return hashed.hexdigest()


@functools.cache
def _own_code() -> bytes:
    """Hash what this package draws with; it does not change while a process runs."""
    own = Path(__file__).parent
    tool = sorted([*own.glob("*.py"), *(own.parent / "values").glob("*.py"), *own.glob("fonts/*")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in tool)).digest()


def _with_imports(source: Path, root: Path) -> list[Path]:
    found, waiting = [source], [source]
    while waiting:
        for name in _imported(waiting.pop()):
            path = root.joinpath(*name.split(".")).with_suffix(".py")
            if path.is_file() and path not in found:
                found.append(path)
                waiting.append(path)
    return found


def _imported(source: Path) -> Iterable[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _read_stamp(path: Path) -> dict[str, Any]:
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _is_current(stamp: dict[str, Any], made_by: str, r: Branch, files: Iterable[Path]) -> bool:
    if stamp.get("made_by") != made_by or not all(path.is_file() for path in files):
        return False
    reads = stamp["reads"]
    return bool(reads == state_of(set(reads), store_of(r)))


def _unknown(name: str, root: Path) -> Finding:
    known = sorted(path.stem for path in (root / FOLDER).glob("[!_]*.py"))
    near = difflib.get_close_matches(name, known, 3, 0.4) or known
    facts = {"have": ", ".join(known) or "none"}
    remedy = f'write figure("{near[0]}", r)' if near else f"write {FOLDER}/{name}.py"
    return Finding("figure/unknown", f"there is no figure {name} in {FOLDER}/", None, facts, remedy)
