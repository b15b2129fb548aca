"""Fields that take several files: each is told by its content, what is refused is named at the field."""

from __future__ import annotations

from typing import Any

from wtforms import MultipleFileField
from wtforms.validators import StopValidation

from portal.kernel.errors import Invalid
from portal.web.uploads import LARGEST_MB, Upload, several
from portal.web.words import say

PAPERS = ("jpeg", "png", "pdf", "xlsx")
FROM_A_PHONE = "image/*,application/pdf,.xlsx"
"""What a chooser offers first: a phone then asks whether to take a picture or to pick one."""


class FilesField(MultipleFileField):
    """Photographs and papers. After validation `uploads` holds them.

    Nothing that a browser sent can be put back into its chooser: `names` are for saying what to choose again.
    """

    def __init__(self, *args: Any, kinds: tuple[str, ...] = PAPERS, **kwargs: Any) -> None:
        look = {"accept": FROM_A_PHONE, "multiple": True, "data-most-mb": LARGEST_MB}
        look |= kwargs.pop("render_kw", {})
        super().__init__(*args, render_kw=look, **kwargs)
        self.kinds = kinds
        self.uploads: list[Upload] = []

    @property
    def names(self) -> list[str]:
        """What came in, by its harmless names."""
        return [each.name for each in self.uploads]

    def pre_validate(self, form: Any) -> None:
        """Read what came in; the message stands at the field."""
        self.uploads = []
        try:
            self.uploads = several(self.data, self.short_name, self.kinds)
        except Invalid as error:
            raise StopValidation(say(error.text)) from error
