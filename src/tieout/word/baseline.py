"""What a Word file is held against: the document as it renders now, and the cut that it was made from."""

from __future__ import annotations

import ast
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tieout.document.execute import Executed, run_document
from tieout.document.formats import read_targets
from tieout.document.parse import parse_document
from tieout.document.source import Line, Source, read_source
from tieout.document.write import write_outputs
from tieout.values.claim import Claim
from tieout.values.facets import show
from tieout.values.finding import Finding, FindingsError
from tieout.values.lock import lock_of, read_lock
from tieout.values.markdown import escape
from tieout.values.project import Project
from tieout.values.store import RESULTS_FILE, Store, present_store
from tieout.values.style import AMA, NumberStyle
from tieout.values.tie import Tie
from tieout.venue.profile import read_profile
from tieout.word.package import Package, open_package
from tieout.word.refresh import BrokenClaim

_DIGEST = re.compile(r"tieout-digest\W{1,3}([0-9a-f]{64})")
_CORE = "docProps/core.xml"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A document as it is now.

    `package` is its fresh Word file; None where it cannot be rendered, and `findings` say why. `claims` are
    the expressions of its claims by their words; `broken` are those that no longer hold; `style` is the
    number style in which it prints.
    """

    package: Package | None
    claims: Mapping[str, str]
    broken: tuple[BrokenClaim, ...]
    findings: tuple[Finding, ...]
    style: NumberStyle = AMA


def choose_document(file: str, project: Project, named: str = "") -> str:
    """Return the document that a Word file was made from: the named one, or the one its name begins with.

    `manuscript JD edits.docx` comes from `manuscript.qmd`. FindingsError where no document or two fit.
    """
    if named:
        if named not in project.documents:
            raise FindingsError([_no_document(f"there is no document {named}", project)])
        return named
    stem = Path(file).stem.casefold()
    fitting = [name for name in project.documents if stem.startswith(Path(name).stem.casefold())]
    if fitting:
        return max(fitting, key=len)
    if len(project.documents) == 1:
        return project.documents[0]
    raise FindingsError([_no_document(f"{file} is named after no document of the study", project)])


def read_baseline(project: Project, document: str) -> Baseline:
    """Run a document and render it as Word, as far as that goes.

    A claim that no longer holds stands in the fresh file as its words alone, so that the rest is compared.
    """
    source = read_source(project.root / document, project.root)
    try:
        return _rendered(source, project, ())
    except FindingsError as error:
        false = [finding for finding in error.findings if finding.code == "document/false-claim"]
        broken = tuple(_broken(finding) for finding in false)
        others = tuple(finding for finding in error.findings if finding not in false)
    if others or not broken:
        return Baseline(None, {}, broken, others)
    words = {f"`{{python}} {f.facts['expression']}`": c.words for f, c in zip(false, broken, strict=True)}
    try:
        lines = tuple(_without(line, words) for line in source.lines)
        return _rendered(replace(source, lines=lines), project, broken)
    except FindingsError as error:
        return Baseline(None, {}, broken, error.findings)


def _rendered(source: Source, project: Project, broken: tuple[BrokenClaim, ...]) -> Baseline:
    executed = run_document(source, project.quarto.get("execute") or {})
    targets = [target for target in read_targets(source, project) if target.suffix == "docx"]
    csl = next((path for target in targets for path in target.paths("csl")), None)
    made = write_outputs(parse_document(executed, project, csl), targets, project)
    claims = {
        " ".join(evaluated.value.words.split()): evaluated.expression
        for evaluated in executed.evaluated
        if isinstance(evaluated.value, Claim)
    }
    package = open_package(made["docx"].content, source.name) if "docx" in made else None
    style = _style_of(executed, project)
    return Baseline(package, claims, broken, (), style)


def _style_of(executed: Executed, project: Project) -> NumberStyle:
    """Return the number style in which a document prints its ties: its venue's where it fits best."""
    ties = [evaluated.value for evaluated in executed.evaluated if isinstance(evaluated.value, Tie)]
    venue = executed.source.front.get("venue")
    styles = [AMA, *([read_profile(str(venue), project.root).numbers] if venue else [])]
    return max(styles, key=lambda style: sum(show(t.result, t.facet, style) == t.text for t in ties))


def _without(line: Line, words: Mapping[str, str]) -> Line:
    text = line.text
    for expression, plain in words.items():
        text = text.replace(expression, escape(plain))
    return replace(line, text=text)


def store_of_file(package: Package, project: Project, current: Store) -> Store | None:
    """Return the cut that a Word file was made from: the current, a locked one, or one in git.

    None where the file does not say, or its cut is nowhere to be found.
    """
    match = _DIGEST.search(package.parts.get(_CORE, b"").decode("utf-8", "replace"))
    if match is None:
        return None
    if match[1] == current.digest:
        return current
    if (lock := lock_of(match[1], project)) is not None:
        return read_lock(lock.name, project)[1]
    folder = project.relative(project.results)
    for revision in _git(project.root, "log", "--format=%H", "--", f"{folder}/{RESULTS_FILE}").split():
        text = _git(project.root, "show", f"{revision}:./{folder}/{RESULTS_FILE}")
        if match[1] in text:
            return _store_at(project, revision, folder)
    return None


def made_from(package: Package, store: Store) -> Package:
    """Let a Word file say that its numbers are those of `store`; a file that never said so stays silent.

    A review holds the file against the cut that it names: a refreshed file names the new one.
    """
    match = _DIGEST.search(package.parts.get(_CORE, b"").decode("utf-8", "replace"))
    if match is None:
        return package
    old, new = match[1].encode(), store.digest.encode()
    described = {name: part for name, part in package.parts.items() if name.startswith("docProps/")}
    return package.with_parts({name: part.replace(old, new) for name, part in described.items()})


def _store_at(project: Project, revision: str, folder: str) -> Store | None:
    """Read the store as it stood at a revision."""
    names = _git(project.root, "ls-tree", "-r", "--name-only", revision, f"./{folder}").splitlines()
    with tempfile.TemporaryDirectory() as made:
        for name in names:
            path = Path(made) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                _git(project.root, "show", f"{revision}:./{name}"), encoding="utf-8", newline="\n"
            )
        return present_store(Path(made) / folder)


def _git(root: Path, *arguments: str) -> str:
    """Return what git says; nothing where there is no git or no history."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)  # noqa: S607  (the user's git)
    except FileNotFoundError:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _broken(finding: Finding) -> BrokenClaim:
    expression = finding.facts.get("expression", "")
    words, keys = _claim_of(expression)
    reason = finding.message.partition("”: ")[2] or finding.message
    return BrokenClaim(words, reason, keys)


def _claim_of(expression: str) -> tuple[str, tuple[str, ...]]:
    """Return the words of a claim's expression and the keys of the results in it."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError:
        return expression, ()
    words = expression
    if isinstance(tree, ast.Call) and tree.args and isinstance(tree.args[0], ast.Constant):
        words = str(tree.args[0].value)
    chains = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    longest = [c for c in chains if not any(o != c and o.startswith(f"{c}.") for o in chains)]
    return words, tuple(dict.fromkeys(c.partition(".")[2].rpartition(".")[0] for c in longest))


def _no_document(message: str, project: Project) -> Finding:
    facts = {"documents": ", ".join(project.documents)}
    return Finding("word/no-document", message, None, facts, "name it: --document manuscript.qmd")
