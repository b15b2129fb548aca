"""Tables of the quotation desk."""

from portal.quotations.models.acceptance import AcceptanceLink, QuotationQuestion
from portal.quotations.models.costs import QuotationLineCost, QuotationMargin
from portal.quotations.models.versions import Quotation, QuotationLine, QuotationVersion

__all__ = [
    "AcceptanceLink",
    "Quotation",
    "QuotationLine",
    "QuotationLineCost",
    "QuotationMargin",
    "QuotationQuestion",
    "QuotationVersion",
]
