"""Draws an invented photo of a county's printout, as a reporter might send it."""

import io

from PIL import Image, ImageDraw, ImageFont

_LINES = ("FLOYD COUNTY", "BALLOTS LEFT TO COUNT", "PROVISIONAL   118", "8:45 AM   MADE UP")


def printout() -> bytes:
    """Return the photo as a PNG."""
    paper = Image.new("L", (520, 300), 244)
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(size=30)
    for number, line in enumerate(_LINES):
        draw.text((36, 34 + 60 * number), line, fill=40, font=font)
    file = io.BytesIO()
    paper.rotate(1.5, expand=True, fillcolor=120).save(file, "PNG")
    return file.getvalue()
