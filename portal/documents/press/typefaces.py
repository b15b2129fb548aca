"""A private font configuration, so that the same paper comes out on every machine.

Only our own faces are seen, and behind them the system's Noto Sans CJK for the rarest characters.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

SYSTEM_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{own}</dir>
{system}
  <selectfont>
    <rejectfont><glob>*</glob></rejectfont>
    <acceptfont><glob>{own}/*.ttf</glob></acceptfont>
    <acceptfont><glob>*/NotoSansCJK*</glob></acceptfont>
  </selectfont>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def configure(own: Path, folder: Path) -> Path:
    """Write fonts.conf into `folder` (made if missing, and used for the cache); returns its path."""
    cache = folder / "fontconfig"
    cache.mkdir(parents=True, exist_ok=True)
    system = "\n".join(f"  <dir>{name}</dir>" for name in SYSTEM_FOLDERS if Path(name).is_dir())
    path = folder / "fonts.conf"
    path.write_text(
        CONFIGURATION.format(own=escape(str(own)), system=system, cache=escape(str(cache))), "utf-8"
    )
    return path
