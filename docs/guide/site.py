"""Make the guide a site that is read without a network: python docs/guide/site.py [FOLDER]."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pypandoc

HERE = Path(__file__).parent
STYLE = """
body { font: 17px/1.6 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
pre { background: #f5f5f2; padding: .8rem 1rem; overflow-x: auto; font-size: 85%; line-height: 1.4; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 90%; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid #ccc; }
nav { font-size: 90%; margin-bottom: 2rem; } a { color: #0b5394; }
"""


def main(folder: Path) -> None:
    """Write one page a Markdown file, each with a way back to the first."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(HERE.glob("*.md")):
        text = re.sub(r"\]\((\w[\w-]*)\.md\)", r"](\1.html)", source.read_text(encoding="utf-8"))
        body = pypandoc.convert_text(text, "html5", format="gfm+attributes", extra_args=["--wrap=preserve"])
        title = text.splitlines()[0].lstrip("# ")
        way = "" if source.stem == "index" else '<nav><a href="index.html">The guide to Tieout</a></nav>'
        head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        page = f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>{way}\n{body}</body></html>\n'
        (folder / f"{source.stem}.html").write_text(page, encoding="utf-8")
    (folder / "export.csv").write_bytes((HERE / "export.csv").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "_output" / "guide")
