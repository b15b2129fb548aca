"""The questions that a firm starts with; it changes them on the survey's page (REQUIREMENTS S6)."""

from __future__ import annotations

from collections.abc import Mapping

from portal.satisfaction.rules.forms import Question, SurveyFacts
from portal.satisfaction.rules.kinds import Occasion
from portal.satisfaction.rules.kinds import QuestionKind as K

_RECOMMEND = Question(
    K.NPS,
    "您有多大可能把我们推荐给同行？",
    "How likely are you to recommend us to others in your trade?",
    required=False,
)
_WORDS = Question(
    K.TEXT,
    "还有什么想告诉我们的？",
    "Is there anything else that you would like to tell us?",
    required=False,
)

FIRST: Mapping[Occasion, SurveyFacts] = {
    Occasion.CLOSE: SurveyFacts(
        "这次服务您满意吗？",
        "How was our service this time?",
        low_zh="很不满意",
        low_en="Very dissatisfied",
        high_zh="非常满意",
        high_en="Very satisfied",
        questions=(
            Question(K.SCALE, "您对这次处理的结果满意吗？", "How satisfied are you with the outcome?"),
            Question(K.SCALE, "处理的速度如何？", "And with how quickly we dealt with it?", required=False),
            Question(K.YES_NO, "问题解决了吗？", "Is the matter settled for you?", required=False),
            _WORDS,
        ),
    ),
    Occasion.YEARLY: SurveyFacts(
        "一年来您对我们的服务满意吗？",
        "How satisfied were you with us this year?",
        low_zh="很不满意",
        low_en="Very dissatisfied",
        high_zh="非常满意",
        high_en="Very satisfied",
        questions=(
            Question(K.SCALE, "总体上您满意吗？", "How satisfied are you all in all?"),
            Question(K.SCALE, "运输的准时与完好如何？", "With punctual, undamaged carriage?", required=False),
            Question(K.SCALE, "账单的清楚与正确如何？", "With clear and correct bills?", required=False),
            Question(K.SCALE, "客服的响应如何？", "With how we answer you?", required=False),
            _RECOMMEND,
            _WORDS,
        ),
    ),
}  # fmt: skip
