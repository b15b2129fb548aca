"""The firm's look on paper, from its settings: names, logo, colours, seal, accounts, standing text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from portal.documents.rules.words import NO_WORDS, Words
from portal.kernel.errors import Invalid
from portal.kernel.text import t

HEX_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
WHITE = (255, 255, 255)
INK = (23, 33, 43)
LEGAL_FORM = re.compile(
    r"\s*[（(].*|(集团)?(股份)?(有限)?(责任)?公司\Z|,?\s*(co\.,? *)?(ltd\.?|limited|inc\.?|gmbh|llc)\Z",
    re.IGNORECASE,
)


class PictureKind(StrEnum):
    """Image formats that paper takes, told apart by their first bytes."""

    PNG = "image/png"
    JPEG = "image/jpeg"


def short_name(name: str) -> str:
    """A firm's name without place in brackets and legal form, for narrow places: `远港国际物流`."""
    return LEGAL_FORM.sub("", name.strip()) or name


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the firm's: PNG or JPEG bytes, and what it shows for those who cannot see it."""

    content: bytes
    alt: str

    def __post_init__(self) -> None:
        self.kind  # noqa: B018 - a file of another kind is refused here, not at printing time

    @property
    def kind(self) -> PictureKind:
        """The format by content; raises Invalid (field "picture") for anything else."""
        if self.content.startswith(b"\x89PNG\r\n\x1a\n"):
            return PictureKind.PNG
        if self.content.startswith(b"\xff\xd8\xff"):
            return PictureKind.JPEG
        raise Invalid(t("A picture must be a PNG or JPEG file."), field="picture")


@dataclass(frozen=True, slots=True)
class Colours:
    """The one accent colour and what is derived from it; every value is `#rrggbb` in lower case."""

    accent: str = "#0b5c6b"

    def __post_init__(self) -> None:
        object.__setattr__(self, "accent", self.accent.strip().lower())
        if not HEX_COLOUR.match(self.accent):
            raise Invalid(t("A colour is written #rrggbb, for example #0b5c6b."), field="accent")

    @property
    def soft(self) -> str:
        """A tint for grounds: 8 % accent on white."""
        return _hex(_mix(_rgb(self.accent), WHITE, 8))

    @property
    def line(self) -> str:
        """A tint for rules: 30 % accent on white."""
        return _hex(_mix(_rgb(self.accent), WHITE, 30))

    @property
    def on_accent(self) -> str:
        """White or ink, whichever reads better on the accent."""
        accent = _rgb(self.accent)
        return "#ffffff" if _contrast(accent, WHITE) >= _contrast(accent, INK) else _hex(INK)

    @property
    def text(self) -> str:
        """The accent for type on white, darkened until it has a contrast of 4.5 to 1."""
        colour = _rgb(self.accent)
        for share in range(100, -1, -10):
            candidate = _mix(colour, INK, share)
            if _contrast(candidate, WHITE) >= 4.5:
                return _hex(candidate)
        return _hex(INK)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where to pay: one account, for one currency or several."""

    holder: Words
    bank: Words
    number: str
    currency: str = "CNY"
    swift: str = ""
    clearing_number: str = ""


@dataclass(frozen=True, slots=True)
class Firm:
    """Who prints: everything of the firm's that stands on a paper."""

    name: Words
    address: Words = NO_WORDS
    phone: str = ""
    email: str = ""
    licence: Words = NO_WORDS
    credit_code: str = ""
    logo: Picture | None = None
    seal: Picture | None = None
    colours: Colours = field(default_factory=Colours)
    accounts: tuple[BankAccount, ...] = ()


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _mix(
    colour: tuple[int, int, int], ground: tuple[int, int, int], share: int
) -> tuple[int, int, int]:
    """`share` per cent of `colour` over `ground`."""
    red, green, blue = (
        (c * share + g * (100 - share)) // 100 for c, g in zip(colour, ground, strict=True)
    )
    return red, green, blue


def _luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 (black) to 1 (white)."""
    channels = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Contrast ratio as WCAG 2.2 defines it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
