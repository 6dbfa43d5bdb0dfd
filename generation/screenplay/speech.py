"""Who speaks: cues in capitals, forced cues, and the ways Chinese screenplays write them. Pure patterns, no state."""

from __future__ import annotations

import re
from typing import NamedTuple

from generation.screenplay.headings import CJK, TIMES

MAX_NAME = 40
_BRACKETS = str.maketrans("（）［］【】", "()[][]")
_ZH_NAME = r"[\u3400-\u4dbf\u4e00-\u9fffA-Za-z0-9·•]{1,12}"
ZH_SPEECH = re.compile(rf"@?({_ZH_NAME})[ \t]*(?:[（(]([^）)：:]{{1,30}})[）)])?[ \t]*([：:])[ \t]*(.*)$")
ZH_CUE = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff·•]{2,8})[ \t]*(?:[（(]([^）)]{1,30})[）)])?[ \t]*(\^?)$")
FORCED_CUE = re.compile(r"@([^(（^]{1,200})(?:[（(]([^）)]{0,60})[）)]?)?[ \t]*(\^?)$")
CAPITAL_CUE = re.compile(r"([^\W_a-z][\w .'’#&/\-]{0,199})(?:[ \t]*\(([^)]{0,60})\))?[ \t]*(\^?)$")
LEADING_MANNER = re.compile(r"[（(]([^）)]{1,60})[）)][ \t]*(.*)$", re.DOTALL)
ZH_TRANSITION = re.compile(
    r"(?:画面)?(?:渐隐|渐显|渐黑|淡入|淡出|叠化|溶入|溶出|化入|化出|切至|切到|切入|切回|硬切|跳切|切|黑场|黑屏|闪白|转场|定格)"
    r"[：:。]?$"
)
LATIN_TRANSITION = re.compile(
    r"(?:(?:SMASH|HARD|MATCH|JUMP|QUICK)?[ -]?CUT[ ]TO(?:[ ]BLACK)?|"
    r"FADE[ ](?:IN|OUT|TO[ ](?:BLACK|WHITE))|DISSOLVE[ ]TO)[.:]?$"
)
OFF_SCREEN = re.compile(
    r"V\.?\s?O\.?|O\.?\s?S\.?|O\.?\s?C\.?|OFF(?:[ -]?SCREEN)?|VOICE[ -]?OVER|PRE-?LAP|"
    r"画外音?|旁白|内心.*|心声|独白|心里|电话里|电话中|OS|VO",
    re.IGNORECASE,
)
CONTINUED = re.compile(r"CONT['’]?D\.?|CONTINUED|CONT\.?|MORE|续|接上", re.IGNORECASE)
NARRATORS = frozenset({"NARRATOR", "NARRATION", "VOICE-OVER", "VOICEOVER", "旁白", "画外音", "独白", "解说", "叙述者"})
SURNAMES = frozenset(
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金"
    "陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛韦申尤毕聂焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路"
    "詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边楚小老阿"
)
ROLES = re.compile(
    r"(?:[妈爸哥姐弟妹爷奶叔姨婆公总甲乙丙丁]|医生|老师|警察|先生|小姐|太太|夫人|师傅|司机|店员|服务员|护士|保安|律师|老板|经理|秘书|"
    r"女人|男人|女孩|男孩|孩子|母亲|父亲|声音|队长|皇上|皇后|将军|丫鬟|旁白|画外音)$"
)
# words before a colon, or alone on a line, that are no person
NO_SPEAKER = frozenset((
    "字幕", "时间", "地点", "人物", "出场人物", "角色", "场景", "镜头", "特写", "音效", "音乐", "道具", "画面", "注",
    "备注", "标题", "片名", "剧名", "作者", "编剧", "导演", "集数", "日期", "版本", "近景", "远景", "中景", "全景",
    "闪回", "闪回结束", "回忆", "蒙太奇", "背景音乐", "片头", "片尾", "屏幕", "短信", "微信", "黑屏", "黑场", "字卡",
    "来电显示", "空镜", "内景", "外景", "沉默", "片刻", "良久", "雨夜", "寂静", "完", "剧终", "未完待续", "全剧终",
    "第二天", "次日", "三天后", "多年后", "一年后", "突然", "安静", "停顿", "SUBTITLE", "TITLE", "NOTE",
))  # fmt: skip
NOT_A_NAME = re.compile(
    r"^[他她它我你您这那]|^(?:只|又|再|就|便|忽然|突然|然后|接着|画面|镜头|大喊|轻声)|..[说道问喊叫答想着写了地]$|"
    r"的|手机|屏幕|短信|来电|信上|纸条|招牌"
)
NO_CUE = frozenset((
    "SILENCE", "BLACK", "BLACKOUT", "DARKNESS", "BEAT", "LATER", "MONTAGE", "THUNDER", "NOTHING", "BANG", "CRASH",
    "PAUSE", "FLASHBACK", "CONTINUED", "END", "THE|END", "TITLE|CARD", "SMASH|CUT", "FLASH|BACK", "TO|BLACK",
    "FADE|OUT", "FADE|IN",
))  # fmt: skip


class Cue(NamedTuple):
    """A speaker's cue: the bare name, its bracket (extension or manner, "" if none), and the dual dialogue mark."""

    name: str
    bracket: str
    dual: bool
    words: str = ""


def plain_brackets(text: str) -> str:
    """ASCII brackets, which are all that Fountain knows, and one pair of them: (V.O.) (CONT'D) is (V.O., CONT'D)."""
    return re.sub(r"\)[ \t]?\(", ", ", text.translate(_BRACKETS))


def chinese_speech(line: str) -> Cue | None:
    """`李明（低声）：你来了。` A half-width colon counts only behind a Chinese name."""
    found = ZH_SPEECH.match(line)
    if not found:
        return None
    name, bracket, colon, words = found.groups()
    if (colon == ":" and not CJK.search(name)) or not _is_name(name):
        return None
    if name[-1].isdigit() and words[:1].isdigit():  # a time of day: 晚上8：30
        return None
    return Cue(name, bracket or "", False, words.strip())


def chinese_cue(line: str) -> Cue | None:
    """`李明` or `李明（画外音）` alone on a line; the caller checks what stands around it."""
    found = ZH_CUE.match(line)
    if not found or len(found.group(1)) > (8 if "·" in line or "•" in line else 4) or not _is_name(found.group(1)):
        return None
    return Cue(found.group(1), found.group(2) or "", bool(found.group(3)))


def is_chinese_person(name: str) -> bool:
    """Begins with a surname (or 小, 老, 阿), or ends with what people are called."""
    return name[0] in SURNAMES or bool(ROLES.search(name)) or "·" in name


def forced_cue(line: str) -> Cue | None:
    """`@李明 (O.S.) ^`: a cue because its author says so."""
    found = FORCED_CUE.match(line)
    if not found or not any(letter.isalpha() for letter in found.group(1)):
        return None
    return Cue(found.group(1).strip(), found.group(2) or "", bool(found.group(3)))


def capital_cue(line: str) -> Cue | None:
    """`ANNA (V.O.) ^`: all capitals, with the punctuation that names have."""
    found = CAPITAL_CUE.match(line)
    if not found or not found.group(1).isupper() or CJK.search(found.group(1)):
        return None
    return Cue(found.group(1).strip(), found.group(2) or "", bool(found.group(3)))


def is_likely_person(cue: Cue) -> bool:
    """Whether a lonely line in capitals is more likely a speaker who lost their words than a stage direction."""
    words = cue.name.split()
    if cue.bracket and OFF_SCREEN.fullmatch(cue.bracket.strip()):
        return True
    return len(words) <= 2 and not cue.name.endswith(".") and "|".join(words) not in NO_CUE and cue.name not in TIMES


def is_off_screen(name: str, bracket: str) -> bool:
    parts = re.split(r"[,，;；/、]", bracket)
    return name.upper() in NARRATORS or any(OFF_SCREEN.fullmatch(part.strip()) for part in parts)


def manner_of(bracket: str) -> str:
    """What a cue's bracket says of the way of speaking: all but the extensions of the trade."""
    parts = (part.strip() for part in re.split(r"[,，;；/、]", bracket))
    return ", ".join(p for p in parts if p and not OFF_SCREEN.fullmatch(p) and not CONTINUED.fullmatch(p))


def _is_name(name: str) -> bool:
    return name not in NO_SPEAKER and name not in TIMES and not NOT_A_NAME.search(name) and not name.isdigit()
