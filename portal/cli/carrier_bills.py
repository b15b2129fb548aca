"""`portal carrier-bills …`: compare a carrier's bill with our outbound records from the command line, as the page does.

Exit codes: 0 done, 1 refused (the reasons are printed), 2 wrongly called.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.access.viewer import SYSTEM
from portal.billing.actions import carrier_bills as actions
from portal.billing.actions.carrier_bill_comparing import Comparison, Sheet, Terms, compared
from portal.billing.rules.carrier_bills import FINDING_WORDS, Charge, Sums, Tolerance
from portal.catalogue.queries.tariffs import tariff_by_code
from portal.cli.speaking import FILE, LANGUAGE, speaking
from portal.db.work import unit_of_work
from portal.kernel import clock
from portal.kernel.money import CURRENCIES, format_amount
from portal.kernel.text import t
from portal.web.words import say

HEADS = ("waybills", "freight", "insurance", "return", "other", "total", "tariff", "no price")
LINE = "{:>9} {:>13} {:>12} {:>12} {:>12} {:>13} {:>13} {:>9}"


class Kilograms(click.ParamType):
    """A weight in kg, read exactly."""

    name = "kg"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """The weight; wrongly called for anything but a number."""
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value} is not a number of kg", param, ctx)
        if not number.is_finite() or number <= 0:
            self.fail("a weight above 0 kg", param, ctx)
        return number


@click.group("carrier-bills")
def carrier_bills() -> None:
    """Carriers' bills against what was sent out."""


@carrier_bills.command("compare")
@click.argument("bill", type=FILE)
@click.argument("outbound", type=FILE)
@click.option(
    "--tolerance-kg",
    type=Kilograms(),
    default="3",
    show_default=True,
    help="Differences of less than this are accepted.",
)
@click.option("--by-price", is_flag=True, help="Larger ones too, if the price stays the same.")
@click.option("--tariff", "code", help="Code of the tariff with what the carrier should charge.")
@click.option("--carrier", default="", help="Whose bill it is; only this carrier's prices count.")
@click.option("--keep", is_flag=True, help="Keep it with every waybill, as the page does.")
@click.option("--currency", type=click.Choice(sorted(CURRENCIES)), default="CNY", metavar="CODE")
@LANGUAGE
@with_appcontext
def compare_command(
    bill: Path, outbound: Path, tolerance_kg: Decimal, by_price: bool, code: str | None,
    carrier: str, keep: bool, currency: str, language: str,
) -> None:  # fmt: skip
    """Tell how the waybills of BILL and of our own records in OUTBOUND compare; saved only with --keep."""
    with speaking(language):
        tariff = tariff_by_code(code, SYSTEM) if code else None
        if code and tariff is None:
            raise click.BadParameter(f"there is no tariff {code}", param_hint="--tariff")
        terms = Terms(carrier, Tolerance(tolerance_kg, by_price), tariff, currency)
        sheets = Sheet(bill, bill.name), Sheet(outbound, outbound.name)
        if keep:
            actions.new_mark(sheets[0], terms)
        found = compared(*sheets, terms, SYSTEM)
        _print(found, currency)
        if keep:
            with unit_of_work():
                actions.keep(found, *sheets, terms, SYSTEM, clock.now())
            click.echo(say(t("Kept with every waybill.")))


def _print(found: Comparison, currency: str) -> None:
    click.echo(f"{found.line_count:,} lines, {found.starts_on} to {found.ends_on}, {currency}")
    click.echo(LINE.format(*HEADS))
    for finding, sums in found.sums.items():
        click.echo(f"{_line(sums, currency)}  {say(FINDING_WORDS[finding])}")
    click.echo(_line(found.whole, currency))


def _line(sums: Sums, currency: str) -> str:
    amounts = [*(sums.amounts[charge] for charge in Charge), sums.total]
    figures = [format_amount(each, currency) for each in amounts]
    priced = format_amount(sums.expected, currency) if sums.priced else "-"
    return LINE.format(f"{sums.waybills:,}", *figures, priced, f"{sums.unpriced:,}")


commands = [carrier_bills]
