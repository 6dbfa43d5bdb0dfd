"""What a name and a look tell about a person, in English and Chinese: sex and age. Pure; guesses only what is said."""

from __future__ import annotations

import hashlib
import re

FEMALE, MALE = "female", "male"
_WORD = re.compile(r"[a-z]+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FEMALE_WORDS = _set(
    """woman women girl lady female she her hers wife mother mom mum grandmother grandma daughter sister aunt queen
    princess bride widow actress waitress empress duchess madam mrs ms miss nun heroine girlfriend stepmother
    ballgown gown lipstick skirt blouse"""
)
_MALE_WORDS = _set(
    """man men boy gentleman male he him his husband father dad grandfather grandpa son brother uncle king prince groom
    widower actor waiter emperor duke sir mr monk hero boyfriend stepfather bearded beard mustache moustache"""
)
_FEMALE_NAMES = _set(
    """maya anna ana mary maria sarah sara emma olivia ava sophia isabella mia amelia charlotte evelyn abigail emily
    elizabeth ella grace chloe victoria lily hannah nora zoe stella lucy claire alice jane kate katie rachel laura
    julia rose ruby ivy elena eva eve lena nina vera diana helen irene linda susan karen lisa nancy amy amanda jessica
    jennifer ashley megan natalie nicole rebecca samantha tina tara wendy vanessa celia clara daisy eleanor fiona
    gloria holly iris june layla leah lola luna mila molly naomi penelope piper quinn sadie scarlett serena sienna
    sylvia violet willow yara mei ling lin xia yan margaret martha ruth dora ada priya aisha fatima rosa carmen lucia
    camille bella hazel joan judith dana"""
)
_MALE_NAMES = _set(
    """daniel david john james robert michael william richard joseph thomas charles christopher matthew anthony mark
    paul steven andrew joshua kevin brian george edward ryan jacob nicholas eric jonathan stephen larry justin scott
    brandon benjamin ben samuel sam gregory frank alexander alex raymond patrick jack dennis jerry tyler aaron jose
    adam nathan henry peter zachary kyle noah ethan jeremy walter christian keith roger terry austin sean gerald carl
    dylan harold jordan jesse bryan arthur gabriel bruce logan albert willie liam lucas mason oliver elijah leo theo
    max victor vincent marcus simon tom tim jim joe bob dan nick luke felix hugo ivan oscar omar ray rex wei jun hao
    ming chen viktor damian adrian julian sebastian dominic cole blake ian owen evan miles silas ezra"""
)
_FEMALE_HAN = _set("女 她 妈 母 奶奶 姥姥 姐 妹 妻 太太 婆 姨 姑 婶 嫂 公主 小姐 夫人 皇后")
_MALE_HAN = _set("男 爸 父 爷 哥 弟 丈夫 先生 叔 伯 舅 少爷 王子 皇帝 老头 公公 总裁")
_FEMALE_NAME_HAN = frozenset(
    "娜丽婷芳娟敏静秀霞燕玲桂兰梅莉雪倩雅欣怡琪瑶莹蓉薇嫣婉颖慧晚柔念初安然妍媛淑蕾萍红翠珍娇媚姗妮姝娥婕晴萱蔓芸菲露"
)
_MALE_NAME_HAN = frozenset("伟强磊军勇杰涛斌刚明辉健鹏飞龙浩宇泽轩豪峰志国建华波毅诚默言远深寒凯锋威震彪虎雄武川琛骁烈")
_OLD = (
    "elderly|old man|old woman|old lady|aged|grandmother|grandfather|grandma|grandpa|white-haired|seventies|sixties"
    "|60s|70s|80s|老人|老太|老头|年迈|白发|奶奶|爷爷|姥姥|外公|外婆|六十|七十|八十|老妇|老先生"
)
_CHILD = "child|little girl|little boy|kid|toddler|schoolgirl|schoolboy|孩子|小孩|儿童|小女孩|小男孩|女童|男童"


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _heavier(female: int, male: int) -> str:
    if female == male:
        return ""
    return FEMALE if female > male else MALE


def _by_words(text: str) -> str:
    words = _words(text)
    female = len(words & _FEMALE_WORDS) + sum(mark in text for mark in _FEMALE_HAN)
    male = len(words & _MALE_WORDS) + sum(mark in text for mark in _MALE_HAN)
    return _heavier(female, male)


def _by_name(name: str) -> str:
    words = _words(name)
    if words & (_FEMALE_NAMES | _MALE_NAMES):
        return FEMALE if words & _FEMALE_NAMES else MALE
    given = name[1:]  # the first Chinese character is the family name
    return _heavier(sum(c in _FEMALE_NAME_HAN for c in given), sum(c in _MALE_NAME_HAN for c in given))


def sex_of(*, look: str = "", name: str = "") -> str:
    """FEMALE, MALE, or "" when neither the look, a title in the name, nor a common given name says it."""
    return _by_words(look) or _by_words(name) or _by_name(name)


def sex_for(*, look: str, name: str, seed: int) -> str:
    """As `sex_of`; where nothing is said the seed decides, the same for the voice and for the drawing."""
    drawn = hashlib.sha256(f"sex:{seed}".encode()).digest()[0]
    return sex_of(look=look, name=name) or (FEMALE if drawn % 2 else MALE)


def age_of(text: str) -> str:
    """old, child, or adult (also when nothing is said)."""
    lower = text.lower()
    if re.search(rf"(?<![a-z])(?:{_OLD})", lower):
        return "old"
    if re.search(rf"(?<![a-z])(?:{_CHILD})", lower):
        return "child"
    return "adult"
