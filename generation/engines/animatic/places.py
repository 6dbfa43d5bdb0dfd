"""What kind of place a heading names, the weather, and which object an insert shows; English and Chinese. Pure."""

from __future__ import annotations

import re

_PLACES: tuple[tuple[str, str], ...] = (
    ("car", r"\bcar\b|\btaxi\b|\bcab\b|limousine|\bvan\b|\btruck\b|车内|车里|轿车|出租车|汽车|车上"),
    ("hospital", r"hospital|clinic|\bward\b|\bicu\b|emergency room|operating|surgery|医院|病房|急诊|手术|诊所"),
    ("elevator", r"elevator|\blift\b|电梯"),
    ("corridor", r"corridor|hallway|hall\b|stairwell|staircase|stairs|landing|走廊|过道|楼道|楼梯|通道"),
    ("rooftop", r"roof|terrace|balcony|天台|屋顶|楼顶|阳台|露台"),
    (
        "office",
        (
            r"office|boardroom|meeting|conference|studio|police station|interrogation|law firm|bank|lab"
            r"|办公|会议|公司|律所|警局|审讯|银行|实验室|工作室"
        ),
    ),
    (
        "restaurant",
        r"restaurant|caf[eé]|\bbar\b|diner|bistro|club|coffee|banquet|ballroom|餐厅|饭店|咖啡|酒吧|酒店大堂|宴会|茶馆|会所",
    ),
    ("kitchen", r"kitchen|厨房"),
    ("bedroom", r"bedroom|bed room|hotel room|motel|dorm|卧室|房间里|宿舍|酒店房|客房"),
    ("school", r"school|class|lecture|campus|university|library|学校|教室|校园|大学|图书馆|课堂"),
    ("palace", r"palace|temple|throne|dynasty|courtyard|pavilion|宫|殿|寺|庙|王府|府邸|庭院|古|亭"),
    ("sea", r"\bsea\b|beach|ocean|pier|harbou?r|dock|shore|lake|river|海|沙滩|码头|湖|河边|江边|港"),
    (
        "forest",
        r"forest|wood|\bparks?\b|garden|field|mountain|cemetery|graveyard|meadow|farm|森林|树林|公园|花园|山|田|墓|草地|林",
    ),
    ("station", r"station|airport|platform|subway|metro|terminal|lobby|mall|train|车站|机场|地铁|站台|大厅|商场|火车"),
    ("living", r"living|lounge|apartment|home|house|room|flat|mansion|villa|penthouse|客厅|公寓|家|屋|房|别墅|豪宅"),
    (
        "street",
        (
            r"street|road|alley|bridge|parking|gate|sidewalk|avenue|square|market|city|outside|entrance"
            r"|街|路|巷|桥|停车|门口|广场|市场|城|外"
        ),
    ),
)
INTERIORS = frozenset(
    (
        "car",
        "hospital",
        "elevator",
        "corridor",
        "office",
        "restaurant",
        "kitchen",
        "bedroom",
        "school",
        "station",
        "living",
    )
)
_OBJECTS: tuple[tuple[str, str], ...] = (
    ("phone", r"phone|screen|text message|\bcall|mobile|cell|selfie|手机|电话|短信|屏幕|微信"),
    ("ring", r"\brings?\b|diamond|戒指|钻戒|婚戒"),
    ("letter", r"letter|envelope|note\b|card|invitation|信封|信|请柬|纸条|卡片"),
    (
        "paper",
        (
            r"contract|document|paper|file|report|test result|will\b|agreement|divorce|certificate|bill"
            r"|合同|协议|文件|报告|遗嘱|离婚|证书|支票|纸|单"
        ),
    ),
    ("photo", r"photo|picture|portrait|frame|照片|相片|相框|合影"),
    ("key", r"\bkeys?\b|lock\b|钥匙|锁"),
    ("bottle", r"bottle|vial|poison|pills|medicine|瓶|毒|药"),
    ("cup", r"cup\b|glass|wine|coffee|\btea\b|drink|杯|酒|茶|咖啡"),
    ("knife", r"knife|blade|dagger|sword|刀|剑|匕首"),
    ("flower", r"flower|rose|bouquet|petal|花|玫瑰"),
    ("necklace", r"necklace|pendant|locket|bracelet|jade|项链|吊坠|手链|玉佩|玉"),
    ("money", r"money|cash|banknote|suitcase|钱|现金|钞票|支票"),
    ("watch", r"watch|clock|timer|表|钟"),
    ("door", r"door|knob|handle|门"),
)


def place_kind(place: str, interior: bool | None) -> str:
    """The set that stands for a place; what nothing names is a living room inside and a street outside."""
    text = place.lower()
    found = [(match.start(), kind) for kind, pattern in _PLACES if (match := re.search(pattern, text))]
    kinds = [kind for _, kind in found]
    if interior is False:
        kinds = [kind for kind in kinds if kind not in INTERIORS] or kinds
    if kinds and not (interior is False and kinds[0] in INTERIORS):
        return kinds[0]
    return "street" if interior is False else "living"


def weather_of(*texts: str) -> str:
    """rain, snow, or nothing."""
    text = " ".join(texts).lower()
    if re.search(r"\brain|storm|drizzl|downpour|雨", text):
        return "rain"
    return "snow" if re.search(r"\bsnow|blizzard|雪", text) else ""


def object_of(*texts: str) -> str:
    """The first thing named that can be drawn large; hands if there is none."""
    for text in texts:
        lower = text.lower().replace("glass bottle", "bottle")
        found = [(match.start(), name) for name, pattern in _OBJECTS if (match := re.search(pattern, lower))]
        if found:  # a door is often only where the thing is
            return min(found, key=lambda one: (one[1] == "door", one))[1]
    return "hand"
