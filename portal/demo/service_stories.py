"""What the demo's customers asked for and complained of, and what was said and done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.service_requests.rules.kinds import RequestKind as K

Step = tuple[int, str, str, str, str]
"""Days after the request was opened, hour, verb, who, what is said."""


@dataclass(frozen=True, slots=True)
class Story:
    """One request. `opened` counts days from today; `by` is a customer's login, or a desk's for a call or a message.

    `about`: ("entitlement", contract, charge), ("shipment", goods) or ("line", service): what it points at; without one
    `no_match` says why. `stars`: what was answered when we asked how it went, None: nothing.
    """

    opened: int
    hour: str
    customer: str
    by: str
    kind: K
    category: str
    severity: int
    title: str
    text: str
    about: tuple[str, ...] = ()
    no_match: str = ""
    channel: str = "portal"
    steps: tuple[Step, ...] = ()
    stars: int | None = None
    comment: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


DESK, LEAD, STORE = "zhao.min", "sun.jie", "zhu.tao"

STORIES: tuple[Story, ...] = (
    Story(
        -58, "09:40", "HARBOUR", "lin", K.PROBLEM, "papers", 3, "提单收货人英文名拼写错误",
        "提单草稿上收货人 HARBOUR FOODS USA LLC 漏了一个字母，请在签发前更正。", ("shipment", "冷冻调味品"),
        steps=(
            (0, "09:55", "accept", DESK, ""),
            (0, "10:30", "reply", DESK, "收到。已向船公司提交更正，今天下班前给您新的提单草稿。"),
            (0, "16:10", "resolve", DESK, "船公司已更正收货人名称，新草稿已上传到业务单文件，请核对。"),
        ),
        stars=5, comment="当天就改好了，很快。",
    ),
    Story(
        -47, "14:20", "HARBOUR", "lin", K.COMPLAINT, "damage", 2, "到货两托外箱受潮",
        "今天外高桥冷库收货时发现两托纸箱底部受潮变形，产品温度正常。请说明原因，并保证不再发生。",
        ("entitlement", "store", "INB"),
        steps=(
            (0, "14:35", "accept", DESK, ""),
            (0, "15:05", "reply", DESK, "非常抱歉。我们正在调取装卸口照片和冷库记录，明天上午告诉您处理方案。"),
            (0, "15:10", "note", DESK, "冷库 3 号月台的封闭帘坏了一周，仓库没有报修，先查清楚再答复客户。"),
            (1, "10:15", "feedback", DESK, "客户海港食品投诉两托货物受潮。请查明月台封闭帘情况，说明整改措施。"),
            (2, "09:30", "sheet_answer", STORE, "3 号月台封闭帘破损未及时报修，雨天进水。已更换，并纳入每日点检。"),
            (2, "10:20", "defect", LEAD, "月台封闭帘破损未报修，雨天卸货货物受潮"),
            (2, "11:00", "resolve", DESK,
             "原因：3 号月台封闭帘破损，雨天卸货进水。已更换封闭帘并列入每日点检；两托货物免费更换外箱。"),
            (9, "10:00", "defect_done", STORE, ""),
            (20, "10:00", "defect_good", LEAD, "连续两周雨天抽检，未再发现受潮。"),
        ),
        stars=4, comment="处理得认真，希望不要再发生。",
    ),
    Story(
        -36, "11:05", "NORDWIND", "erik", K.ENQUIRY, "tracking", 3, "When will the brake discs leave Shanghai?",
        "The booking showed last Tuesday. The boxes are in the terminal since five days. Please confirm the vessel.",
        ("shipment", "brake discs"),
        steps=(
            (0, "11:20", "accept", DESK, ""),
            (0, "13:40", "third", DESK, "船公司订舱部"),
            (1, "09:30", "reply", DESK, "The vessel skipped Shanghai. Your boxes sail in four days."),
            (1, "09:35", "resolve", DESK, "Moved to the next sailing; the carrier extended the free days."),
        ),
        stars=2, comment="I had to ask myself. Please tell us before we notice.",
    ),
    Story(
        -29, "10:15", "YUNSHANG", "fang", K.RETURN, "refusal", 3, "客户拒收退回 3 箱，请清点入库",
        "直播间退货 3 箱，昨天送到良渚仓，请清点后告诉我们可售数量。", no_match="general",
        steps=(
            (0, "10:30", "accept", DESK, ""),
            (1, "15:00", "count", STORE, "外箱破损，1 件污渍"),
            (2, "09:40", "count_again", LEAD, ""),
            (2, "10:00", "resolve", DESK, "已清点两遍：可售 117 件，污渍 3 件单独存放，可售部分已重新上架。"),
        ),
        stars=5,
        more={"lines": (("女士针织衫", "H87", "120", "直播退货 1108"),)},
    ),
    Story(
        -21, "16:40", "LONGTENG-NB", "xu", K.PROBLEM, "delay", 2, "床垫拖车迟到四小时",
        "约定八点到厂，十二点才到，工人等了一上午。请核实并说明如何改进。", ("entitlement", "group", "TRK"),
        steps=(
            (0, "16:55", "accept", DESK, ""),
            (0, "17:20", "reply", DESK, "抱歉让您久等。司机在北仑排队提箱超时，我们正在核实车队的派车记录。"),
            (3, "10:00", "resolve", DESK, "已与车队约定：重柜拖车提前一晚提箱；本次等候不收压车费。"),
            (4, "09:10", "reopen", "xu", "今天又迟到了一个半小时，请再处理。"),
            (4, "09:30", "note", DESK, "同一车队第二次，和采购商量换车队。"),
            (5, "11:00", "resolve", LEAD, "已更换车队，自下周起由新车队执行，并每日向贵司报送预计到厂时间。"),
        ),
        stars=3, comment="换车队之后好多了。",
    ),
    Story(
        -14, "09:20", "LONGTENG", "huang", K.SUGGESTION, "bill-dispute", 4, "对账单希望能按分公司分别下载",
        "每月要把宁波和上海的费用分别发给两边财务，希望对账单能按分公司导出。", no_match="general",
        steps=(
            (0, "10:00", "accept", DESK, ""),
            (1, "14:00", "reply", DESK, "谢谢建议。对账单 Excel 里有“服务对象”一列可筛选；也可以保存自己的导出格式。"),
            (2, "09:00", "resolve", DESK, "对账单页“我们自己的格式”可保存按分公司的列和顺序，操作步骤见知识库。"),
        ),
        stars=5,
    ),
    Story(
        -9, "13:30", "HARBOUR", DESK, K.ENQUIRY, "customs", 3, "美国 FDA 预申报需要哪些资料",
        "客户来电询问冷冻点心出口美国的 FDA 预申报资料。", no_match="general", channel="phone",
        steps=(
            (0, "13:40", "accept", DESK, ""),
            (0, "13:50", "reply", DESK, "需要：成分表、工厂 FDA 注册号、预计到港日和提单号。清单已放在知识库。"),
            (0, "13:55", "upsell", DESK, "客户可能需要我司代办 FDA 预申报，每票 380 元。"),
            (1, "09:00", "resolve", DESK, "资料清单已发，客户确认清楚。"),
        ),
    ),
    Story(
        -6, "10:50", "YUNSHANG", "fang", K.MATERIALS, "goods-out", 4, "需要 2,000 个快递袋和 50 卷胶带",
        "双十二备货，请在下周三前送到良渚直播基地。", ("entitlement", "shop", "PACK"),
        steps=(
            (0, "11:10", "accept", DESK, ""),
            (1, "09:30", "start", DESK, ""),
            (1, "09:40", "promise", DESK, "胶带周二到货，周三上午送到。"),
        ),
        more={"lines": (("快递袋 38×52", "H87", "2000", ""), ("封箱胶带", "H87", "50", ""))},
    ),
    Story(
        -4, "15:10", "NORDWIND", "erik", K.COMPLAINT, "charge-dispute", 2, "Terminal handling charged twice",
        "On the October statement terminal handling appears twice for the same box. Please check.",
        ("line", "THC"),
        steps=(
            (0, "15:30", "accept", DESK, ""),
            (0, "16:45", "wait", DESK, "Could you send us the number of the box? Each line names another one here."),
        ),
    ),
    Story(
        -3, "09:05", "HARBOUR", "tang", K.FIELD_SERVICE, "goods-in", 3, "新货架安装，请派人到冷库指导码放",
        "新货架本周装好，请安排懂冷链码放的同事来指导半天。", ("entitlement", "store", "INB"),
        steps=(
            (0, "09:30", "accept", LEAD, ""),
            (0, "09:45", "visit", LEAD, "冷库码放指导"),
            (0, "09:50", "reply", LEAD, "已安排三天后上午九点半，仓库主管朱涛上门。"),
        ),
    ),
    Story(
        -2, "17:20", "LONGTENG", "huang", K.PROBLEM, "amendment", 1, "查验改单：今晚截关前必须改品名",
        "海关要求今晚 22:00 前把品名改为 wooden dining set，否则甩柜！", ("shipment", "实木餐桌椅"),
        steps=(
            (0, "17:26", "accept", LEAD, ""),
            (0, "17:35", "reply", LEAD, "已联系报关行，正在改单，半小时后回您。"),
            (0, "19:10", "resolve", LEAD, "报关单品名已更正并放行，未甩柜。"),
        ),
    ),
    Story(
        -1, "10:30", "HARBOUR", "lin", K.ENQUIRY, "price", 4, "明年洛杉矶航线能否锁价",
        "请给一个 2027 年上半年锁价的方案。",
        ("entitlement", "sea", "O/F"),
    ),
    Story(
        -1, "14:45", "JINGHE", DESK, K.ORDER_HELP, "booking", 3, "帮助京禾下单：两票空运",
        "沈昕微信请我们代为下单，资料随后发来。", no_match="general", channel="wechat",
        steps=((0, "15:00", "accept", DESK, ""),),
    ),
    Story(
        0, "08:15", "YUNSHANG", "fang", K.PROBLEM, "goods-out", 2, "昨晚 36 单未出库",
        "系统显示昨晚 36 单未出库，今天必须发出，请核实。",
        ("entitlement", "shop", "PICK"),
    ),
)  # fmt: skip
