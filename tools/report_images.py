"""Pictures of report pages for the documentation: Word files through LibreOffice and poppler, pages through Chromium.

Usage: report_images.py RESULTS OUT    (RESULTS is a finished run; needs soffice, pdftoppm and chromium)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

WORD = {"nation.zh": 4, "620000.zh": 4, "620000.en": 3, "620000.research.zh": 3, "620000.research.en": 3, "nation.research.zh": 3,
        "620000.brief.zh": 1, "nation.brief.en": 1}  # fmt: skip
PAGES = ("nation.zh", "620000.en")
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--no-first-run", "--disable-quic", "--disable-sync", "--hide-scrollbars"]  # fmt: skip


def side_by_side(files: list[Path], target: Path) -> None:
    """Pages in one row on grey, in 64 colours."""
    pages = [Image.open(f).convert("RGB") for f in files]
    wide, high = sum(p.width + 8 for p in pages) + 8, max(p.height for p in pages) + 16
    sheet = Image.new("RGB", (wide, high), "#8a8a8a")
    left = 8
    for page in pages:
        sheet.paste(page, (left, 8))
        left += page.width + 8
    sheet.quantize(64).save(target, optimize=True)


def main(results: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, count in WORD.items():
            source = results / "reports" / f"{name}.docx"
            home = f"-env:UserInstallation=file://{place}/home"
            subprocess.run(["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)], check=True)
            stem = place / name.replace(".", "-")
            command = ["pdftoppm", "-r", "58", "-l", str(count), "-png", str(place / f"{name}.pdf"), str(stem)]
            subprocess.run(command, check=True)
            side_by_side(sorted(place.glob(f"{stem.name}-*.png")), out / f"word-{stem.name}.png")
        for name in PAGES:
            shot = place / "shot.png"
            address = f"file://{(results / 'reports' / f'{name}.html').resolve()}"
            size = ["--window-size=900,1500", f"--screenshot={shot}", f"--user-data-dir={place}/chromium"]
            subprocess.run(["chromium", *FLAGS, *size, address], check=True)
            Image.open(shot).convert("RGB").quantize(64).save(out / f"page-{name.replace('.', '-')}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
