"""Makes outputs.png, the README's first picture, from what `tieout render` made (needs pdftoppm).

python docs/images/make.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
PAGES = (("abstract", 1), ("manuscript", 1), ("manuscript", 7), ("manuscript", 8))
HEIGHT, GAP, MARGIN = 760, 24, 24


def page(document: str, number: int, folder: Path) -> Image.Image:
    """Return one page of a PDF at the picture's height."""
    program = shutil.which("pdftoppm") or sys.exit("pdftoppm is not installed")
    target = folder / f"{document}-{number}"
    pdf = ROOT / "_output" / f"{document}.pdf"
    limits = ["-f", str(number), "-l", str(number), "-scale-to-y", str(HEIGHT), "-scale-to-x", "-1"]
    subprocess.run([program, "-png", "-singlefile", *limits, str(pdf), str(target)], check=True)
    with Image.open(target.with_suffix(".png")) as made:
        return made.convert("RGB")


def main() -> None:
    """Put the pages side by side on grey."""
    with tempfile.TemporaryDirectory() as folder:
        pages = [page(document, number, Path(folder)) for document, number in PAGES]
    width = sum(one.width for one in pages) + GAP * (len(pages) - 1) + 2 * MARGIN
    sheet = Image.new("RGB", (width, HEIGHT + 2 * MARGIN), (228, 228, 224))
    at = MARGIN
    for one in pages:
        sheet.paste(one, (at, MARGIN))
        at += one.width + GAP
    sheet.quantize(64).save(Path(__file__).with_name("outputs.png"), optimize=True)


if __name__ == "__main__":
    main()
