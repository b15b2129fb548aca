"""Everything that a printed settlement agreement 理赔协议 shows, and nothing else (DOMAIN T9, section 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.billing.rules.statement_paper import LedgerParty, Verification
from portal.claims.rules.kinds import Loss, Settlement
from portal.contracts.rules.paper import Article
from portal.documents.rules.firm import Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.money import format_money
from portal.service_requests.rules.clock_kinds import Mode

LOSSES = {
    Loss.LOST: Words("灭失", "loss"),
    Loss.DAMAGED: Words("破损", "damage"),
    Loss.SHORT: Words("短少", "shortage"),
    Loss.DELAYED: Words("延误", "delay"),
    Loss.OTHER: Words("其他损失", "other loss"),
}
MODES = {
    Mode.SEA: Words("海运", "sea carriage"),
    Mode.ROAD: Words("公路运输", "road carriage"),
    Mode.RAIL: Words("铁路运输", "rail carriage"),
    Mode.AIR: Words("空运", "air carriage"),
    Mode.EXPRESS: Words("快递", "express"),
    Mode.POST: Words("邮寄", "post"),
    Mode.STORAGE: Words("仓储", "storage"),
    Mode.OTHER: Words("其他服务", "other service"),
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What is agreed: the facts as the claim has them, amounts in `currency`. `account`: the claimant's bank."""

    number: str
    request: str
    loss: Loss
    mode: Mode
    currency: str
    claimed: Decimal
    amount: Decimal
    settlement: Settlement
    shipment: str = ""
    waybill: str = ""
    delivered_on: date | None = None
    capitals: Words = NO_WORDS
    account: str = ""


@dataclass(frozen=True, slots=True)
class AgreementPaper:
    """A settlement agreement; `accepted`: by whom and when in the portal, which stands for a signature."""

    number: str
    issued_on: date
    created_at: datetime
    currency: str
    amount: Decimal
    firm: Firm
    customer: LedgerParty
    supplier: LedgerParty
    articles: tuple[Article, ...]
    request: str = ""
    shipment: str = ""
    waybill: str = ""
    in_words: Words = NO_WORDS
    accepted: Words = NO_WORDS
    is_sealed: bool = False
    verification: Verification | None = None
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH


def articles_of(said: Settled) -> tuple[Article, ...]:
    """Facts, amount, how it is given, that it ends the liability for good, and what else holds."""
    return (
        Article(Words("事实", "Facts"), (_facts(said),)),
        Article(Words("赔偿金额", "Amount"), (_amount(said),)),
        Article(Words("支付方式", "How it is given"), (_given(said),)),
        Article(Words("一次性了结", "Full and final settlement"), (DISCHARGE,)),
        Article(Words("其他", "Further"), (SUBROGATION, LAW)),
    )


DISCHARGE = Words(
    "本协议履行后，双方就本次货损事项一次性了结，甲方不再就同一事项向乙方提出其他请求。",
    "Once performed, this agreement settles the matter in full and for good; Party A makes no further claim for it.",
)
SUBROGATION = Words(
    "甲方收到赔偿后，应协助乙方向责任方追偿，并提供所需的证明材料。",
    "Party A helps Party B to take recourse against whoever caused the loss, and hands over the proof that it needs.",
)
LAW = Words(
    "本协议适用中华人民共和国法律，自双方签署或在客户门户确认之日起生效。",
    "The law of the People's Republic of China applies; in force once signed by both or accepted in the portal.",
)


def _facts(said: Settled) -> Words:
    loss, mode = LOSSES[said.loss], MODES[said.mode]
    named = " / ".join(each for each in (said.shipment, said.waybill) if each)
    of_zh, of_en = (f"（{named}）", f" ({named})") if named else ("", "")
    on_zh = f"，交付日期 {said.delivered_on:%Y-%m-%d}" if said.delivered_on else ""
    on_en = f", delivered on {said.delivered_on:%Y-%m-%d}" if said.delivered_on else ""
    claimed = format_money(said.claimed, said.currency)
    return Words(
        f"甲方委托乙方办理的{mode.zh}货物{of_zh}发生{loss.zh}{on_zh}。甲方以索赔 {said.number} 主张 {claimed}。",
        f"Goods of Party A in {mode.en}{of_en} suffered {loss.en}{on_en}. Claim {said.number} asks for {claimed}.",
    )


def _amount(said: Settled) -> Words:
    amount = format_money(said.amount, said.currency)
    zh = f"（{said.capitals.zh}）" if said.capitals.zh else ""
    return Words(
        f"双方同意赔偿金额为 {amount}{zh}，该金额为全部赔偿，不另计利息和费用。",
        f"The parties agree on {amount} as the whole compensation, without interest or costs.",
    )


def _given(said: Settled) -> Words:
    if said.settlement is Settlement.CREDIT:
        return Words(
            "赔偿金额以贷项记入甲方下一期对账单，抵减应付款项。",
            "It is credited on Party A's next statement and set off against what is due.",
        )
    account = said.account or "________________"
    return Words(
        f"赔偿金额由乙方支付至甲方账户：{account}。",
        f"Party B pays it to Party A's account: {account}.",
    )
