"""The firm's own measure of satisfaction, the invitations to answer, and the answers, each given once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned, Stamped, Versioned
from portal.db.types import UTCDateTime
from portal.kernel.text import t
from portal.satisfaction.rules.kinds import Occasion, QuestionKind
from portal.service_requests.models import ServiceRequest

audit.declare(
    {
        "survey.changed": Event(t("Questions of satisfaction changed")),
        "survey.asked": Event(t("Asked how satisfied they are")),
        "survey.answered": Event(t("Satisfaction answered"), public=True),
    }
)


class Survey(Versioned, Stamped, Base):
    """A form of questions. What was asked once keeps its questions: a change makes the next `edition`.

    `steps`: of the scale, 2 to 10; `good_from`: the lowest step that counts as satisfied; `valid_days`: how long a
    link answers.
    """

    __tablename__ = "survey"
    __table_args__ = (
        UniqueConstraint("occasion", "edition"),
        CheckConstraint(one_of("occasion", Occasion), name="known_occasion"),
        CheckConstraint("steps BETWEEN 2 AND 10", name="known_steps"),
        CheckConstraint("good_from BETWEEN 2 AND steps", name="good_on_the_scale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(String(8))
    edition: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    steps: Mapped[int] = mapped_column(default=5)
    good_from: Mapped[int] = mapped_column(default=4)
    low_zh: Mapped[str] = mapped_column(String(30), default="")
    low_en: Mapped[str] = mapped_column(String(40), default="")
    high_zh: Mapped[str] = mapped_column(String(30), default="")
    high_en: Mapped[str] = mapped_column(String(40), default="")
    valid_days: Mapped[int] = mapped_column(default=30)

    questions: Mapped[list[SurveyQuestion]] = relationship(
        order_by="SurveyQuestion.position", back_populates="survey"
    )


class SurveyQuestion(Base):
    """One question of a form; the first of kind `scale` is the one that counts as the score."""

    __tablename__ = "survey_question"
    __table_args__ = (
        CheckConstraint(one_of("kind", QuestionKind), name="known_kind"),
        Index("ix_survey_question_survey", "survey_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    text_zh: Mapped[str] = mapped_column(String(200))
    text_en: Mapped[str] = mapped_column(String(240), default="")
    required: Mapped[bool] = mapped_column(default=True)

    survey: Mapped[Survey] = relationship(back_populates="questions")


class SurveyInvitation(CustomerOwned, Base):
    """One person asked once. The link's secret is kept as a hash; `key` keeps one ask for each request or year."""

    __tablename__ = "survey_invitation"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_survey_invitation_person", "email", "asked_at"),
        Index("ix_survey_invitation_request", "request_id"),
        Index("ix_survey_invitation_asked", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    key: Mapped[str] = mapped_column(String(120))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    survey: Mapped[Survey] = relationship()
    customer: Mapped[Customer] = relationship()
    request: Mapped[ServiceRequest | None] = relationship()


class SurveyAnswer(CustomerOwned, AppendOnly, Base):
    """What was answered to one invitation, once. `owner_id`: who owned the request, so that results by person stand."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        UniqueConstraint("invitation_id"),
        Index("ix_survey_answer_given", "given_at", "id"),
        Index("ix_survey_answer_customer", "customer_id", "given_at"),
        Index("ix_survey_answer_owner", "owner_id", "given_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("survey_invitation.id"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    request_kind: Mapped[str] = mapped_column(String(16), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    score: Mapped[int | None]
    is_good: Mapped[bool | None]
    nps: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)

    invitation: Mapped[SurveyInvitation] = relationship()
    survey: Mapped[Survey] = relationship()
    request: Mapped[ServiceRequest | None] = relationship()
    owner: Mapped[User | None] = relationship()
    customer: Mapped[Customer] = relationship()
    items: Mapped[list[SurveyAnswerItem]] = relationship(order_by="SurveyAnswerItem.id")


class SurveyAnswerItem(CustomerOwned, AppendOnly, Base):
    """The answer to one question: a number or words."""

    __tablename__ = "survey_answer_item"
    __table_args__ = (UniqueConstraint("answer_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("survey_answer.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("survey_question.id"), index=True)
    number: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")

    question: Mapped[SurveyQuestion] = relationship()
