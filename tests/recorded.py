"""Where recorded public feeds are on this machine; none of them is part of the project."""

from pathlib import Path


def recorded_feeds() -> Path | None:
    """Return the folder of recorded feeds beside the project, or beside the folder around it; None: there is none."""
    around = Path(__file__).parents[1].parents
    return next((folder for parent in around[:2] if (folder := parent / "shared" / "feeds").is_dir()), None)
