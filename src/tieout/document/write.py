"""From pandoc's tree to the bytes of each output. The writers run side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.document.formats import Target
from tieout.document.parse import Tree, metadata_value
from tieout.document.programs import compile_typst, run_pandoc
from tieout.text.read import Text, text_of
from tieout.values.finding import Finding, FindingsError
from tieout.values.moment import moment
from tieout.values.project import Project
from tieout.values.store import RESULTS_FILE

_EMBEDDED = Path("_extensions/tieout/embedded")
_TEMPLATE = {"html5": "html.template", "typst-citations": "typst.template", "plain": "plain.template"}
_FLOATS = Path("_extensions/tieout/floats.lua")
_ATTACHED = "Every derived result that this document prints, with its definition"
_FILES = frozenset(
    {"filters", "template", "template-partials", "reference-doc", "css", "csl", "bibliography"}
)
_ARGUMENTS = {
    "html5": ["--embed-resources", "--section-divs", "--mathml"],
    "plain": ["--wrap=none"],
}


@dataclass(frozen=True, slots=True)
class Output:
    """An output's bytes, its text as it is read back from them, and what was found in the bytes."""

    content: bytes
    text: Text
    found: tuple[Finding, ...] = ()


def _unseen(_suffix: str, _content: bytes) -> list[Finding]:
    """Look into no output."""
    return []


def write_outputs(tree: Tree, targets: list[Target], project: Project) -> dict[str, Output]:
    """Return each output by its suffix.

    Raises
    ------
    FindingsError
        with what every writer complained of.
    """
    with ThreadPoolExecutor(max_workers=max(1, len(targets))) as pool:
        return finish_outputs(start_outputs(tree, targets, project, pool))


def start_outputs(
    tree: Tree,
    targets: list[Target],
    project: Project,
    pool: Executor,
    inspect: Callable[[str, bytes], list[Finding]] = _unseen,
) -> dict[str, Future[Output]]:
    """Begin to write each output, by its suffix; each is read back while others are still being written.

    `inspect` looks into an output, given by its suffix and bytes.
    """
    blocks = json.dumps(tree["blocks"])  # nearly all of what each writer is given

    def make(target: Target) -> Output:
        content = _write(tree, blocks, target, project)
        text = text_of(content, f"output.{target.suffix}")
        return Output(content, text, tuple(inspect(target.suffix, content)))

    return {target.suffix: pool.submit(make, target) for target in targets}


def finish_outputs(running: Mapping[str, Future[Output]]) -> dict[str, Output]:
    """Wait for outputs and return each by its suffix; FindingsError as `write_outputs` raises it."""
    findings: list[Finding] = []
    made = {}
    for suffix, future in running.items():
        try:
            made[suffix] = future.result()
        except FindingsError as error:
            findings += [finding for finding in error.findings if finding not in findings]
    if findings:
        raise FindingsError(findings)
    return made


def _write(tree: Tree, blocks: str, target: Target, project: Project) -> bytes:
    meta = {**settings_of(target), **tree["meta"], "tieout-project": metadata_value(str(project.root))}
    arguments = ["-f", "json", "-t", target.writer, "--standalone", *_ARGUMENTS.get(target.writer, [])]
    arguments += _template(target, project)
    for path in filters_of(target, project):
        arguments += ["--lua-filter", str(path)]
    rest = json.dumps({name: part for name, part in {**tree, "meta": meta}.items() if name != "blocks"})
    text = f'{rest[:-1]}, "blocks": {blocks}}}'
    written, _ = run_pandoc(
        [*arguments, "--output", "-"], text, project.root, {"SOURCE_DATE_EPOCH": str(_seconds())}
    )
    if target.suffix != "pdf":
        return written
    if target.options.get("attach-store", True) is not False:  # what goes to reviewers carries nothing
        written += _attachment(project)
    standards = target.options.get("pdf-standard") or []
    standards = standards if isinstance(standards, list) else [standards]
    return compile_typst(written, project.root, [str(name) for name in standards], _seconds())


def _attachment(project: Project) -> bytes:
    """Return the Typst that attaches the store: the archival PDF carries what its numbers were printed from.

    The display class stays out: `results.json` alone, never what shows single patients.
    """
    path = f"/{project.relative(project.results / RESULTS_FILE)}"
    about = f'relationship: "data", mime-type: "application/json", description: "{_ATTACHED}"'
    return f'\n#pdf.attach("{path}", {about})\n'.encode()


def _seconds() -> int:
    """Return the date that outputs carry, in seconds since 1970."""
    return int(moment().timestamp())


def settings_of(target: Target) -> dict[str, Any]:
    """Return an output's settings as pandoc's metadata; files and filters are passed by argument."""
    return {key: metadata_value(value) for key, value in target.options.items() if key not in _FILES}


def filters_of(target: Target, project: Project) -> list[Path]:
    """Return the filters that a writer runs, in their order."""
    return [path for path in (project.root / _FLOATS, *target.paths("filters")) if path.is_file()]


def template_of(target: Target, project: Project) -> Path | None:
    """Return the template of an output that is no Word file; None for pandoc's own."""
    path = project.root / _EMBEDDED / _TEMPLATE[target.writer]
    return path if path.is_file() else None


def _template(target: Target, project: Project) -> list[str]:
    if target.writer == "docx":
        options = {"--reference-doc": "reference-doc", "--template": "template"}
        return [
            text
            for flag, option in options.items()
            for path in target.paths(option)[:1]
            for text in (flag, str(path))
        ]
    template = template_of(target, project)
    arguments = ["--template", str(template)] if template else []
    for sheet in target.paths("css"):
        arguments += ["--css", str(sheet)]
    return arguments
