"""Tables of the catalogue: what we sell, at which price, under which scheme, and how sheets are read."""

from portal.catalogue.models.imports import MappingProfile, RateImport
from portal.catalogue.models.items import Bundle, BundleLine, FirmPlace, ServiceItem
from portal.catalogue.models.money import ExchangeRate, TaxRate
from portal.catalogue.models.tariffs import (
    Price,
    PriceCost,
    PriceScheme,
    SchemeGrant,
    SurchargeRule,
    Tariff,
)

__all__ = [
    "Bundle",
    "BundleLine",
    "ExchangeRate",
    "FirmPlace",
    "MappingProfile",
    "Price",
    "PriceCost",
    "PriceScheme",
    "RateImport",
    "SchemeGrant",
    "ServiceItem",
    "SurchargeRule",
    "Tariff",
    "TaxRate",
]
