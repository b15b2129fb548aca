"""Satisfaction 满意度: what is asked, whom, and what was answered."""

from __future__ import annotations

from portal.satisfaction.models.surveys import (
    Survey,
    SurveyAnswer,
    SurveyAnswerItem,
    SurveyInvitation,
    SurveyQuestion,
)

__all__ = ["Survey", "SurveyAnswer", "SurveyAnswerItem", "SurveyInvitation", "SurveyQuestion"]
