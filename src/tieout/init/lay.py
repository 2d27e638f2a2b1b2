"""Laying a new study down: files copied as they are, without any substitution, into an empty place."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tieout.values.finding import Finding, FindingsError

HERE = Path(__file__).parent
DOT = "dot-"
_NEVER = ("__pycache__", ".pytest_cache")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The patterns of the repository's files that a study takes, and the folder laid over them."""

    shared: tuple[str, ...]
    overlay: str
    examples: Mapping[str, tuple[str, ...]]


def read_manifest() -> Manifest:
    """Read the manifest that is packed with the tool."""
    document = tomllib.loads((HERE / "manifest.toml").read_text(encoding="utf-8"))
    examples = {name: tuple(patterns) for name, patterns in document["examples"].items()}
    return Manifest(tuple(document["shared"]), document["overlay"], examples)


def repository() -> Path:
    """Return where the repository's files are: packed in the wheel, or the checkout around the tool."""
    packed = HERE / "repository"
    return packed if packed.is_dir() else HERE.parents[2]


def matching(root: Path, patterns: Iterable[str]) -> Iterator[Path]:
    """Yield the files under `root` that a pattern names, without caches."""
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and not any(part in _NEVER for part in path.parts):
                yield path


def study_files(example: str = "") -> dict[PurePosixPath, Path]:
    """Return what a new study consists of: its files, each with where it is copied from.

    Without an example it is the generic study; with one, that of the repository and the generic study's
    surroundings (what git ignores, the Makefile).

    Raises
    ------
    FindingsError
        when there is no such example.
    """
    manifest, root = read_manifest(), repository()
    files = {PurePosixPath(path.relative_to(root)): path for path in matching(root, manifest.shared)}
    overlay = HERE / manifest.overlay
    generic = {_real_name(path.relative_to(overlay)): path for path in matching(overlay, ["**/*"])}
    if not example:
        return {**files, **generic}
    if example not in manifest.examples:
        message = f"there is no example {example}"
        remedy = f"one of {', '.join(manifest.examples)}"
        raise FindingsError([Finding("init/no-example", message, remedy=remedy)])
    own = {PurePosixPath(p.relative_to(root)): p for p in matching(root, manifest.examples[example])}
    around = {name: path for name, path in generic.items() if len(name.parts) == 1 and name not in own}
    kept = {name: path for name, path in around.items() if name.suffix != ".qmd"}
    return {**files, **kept, **own}


def _real_name(path: Path) -> PurePosixPath:
    name = path.name
    return PurePosixPath(path.parent) / ("." + name.removeprefix(DOT) if name.startswith(DOT) else name)


def write_study(folder: Path, files: Mapping[PurePosixPath, Path], texts: Mapping[str, str]) -> list[Path]:
    """Copy files, then write `texts` over them; return what was written.

    Raises
    ------
    FindingsError
        when one of the files exists already: nothing is overwritten, and nothing is written.
    """
    wanted = sorted({str(name) for name in files} | set(texts))
    taken = [name for name in wanted if (folder / name).exists()]
    if taken:
        message = f"{folder.name}/ holds {', '.join(taken[:5])} already"
        raise FindingsError([Finding("init/exists", message, remedy="name an empty folder")])
    for name, source in files.items():
        if str(name) not in texts:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    for written, text in texts.items():
        (folder / written).parent.mkdir(parents=True, exist_ok=True)
        (folder / written).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in wanted]
