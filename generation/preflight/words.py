"""Words that tell how a moment feels, in both languages. Rules by word are rough: whoever uses them says so."""

from __future__ import annotations

import re

from generation.breakdown.beats import FEELING, MOTION, REVEALS

THREAT = re.compile(
    r"\b(?:help|liar|lies|lied|betray\w*|cheat\w*|steal\w*|stole|thief|kill\w*|die[sd]?|dead|death|murder\w*|blood\w*|gun|"
    r"knife|blade|fire|burn\w*|scream\w*|shout\w*|yell\w*|slap\w*|punch\w*|kick\w*|fight\w*|grab\w*|shov(?:es?|ing)|"
    r"push\w*|drag\w*|throw\w*|smash\w*|shatter\w*|crash\w*|slam\w*|rips?|bleed\w*|wound\w*|hurt\w*|chas(?:es?|ing)|"
    r"hid(?:es?|ing)|trap\w*|lock(?:s|ed)|threat\w*|danger\w*|afraid|fear\w*|terrif\w+|panic\w*|divorc\w*|fired|"
    r"arrest\w*|police|coffin|funeral|grave|poison\w*|kidnap\w*|ransom|revenge|secret\w*|traitor|hate[sd]?|missing|"
    r"suddenly|too late|stranger|pay for this|i'll be back)\b|"
    r"住手|救命|滚|放开|骗|谎|背叛|出轨|偷|贼|杀|死|凶手|血|枪|刀|着火|烧|尖叫|大喊|怒|耳光|踢|抓住|推倒|拖|砸|摔|撞|撕|伤|追|"
    r"躲|威胁|危险|害怕|恐惧|惊|离婚|开除|警察|棺|葬|坟|毒|绑架|赎金|复仇|报仇|秘密|叛徒|恨|失踪|突然|竟|闯|小三|退婚|跪",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    r"\b(?:no|not|never|stop|don't|won't|can't|cannot|must|get out|let go|wrong|dares?|cry|cries|crying|tears?|hits?|"
    r"breaks?|broken)\b|不要|不许|不是|不能|别|敢|必须|哭|打|碎|火|猛|锁",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"\b(?:the end|happily ever after|good ?bye|farewell|good ?night|sleep well|sweet dreams|"
    r"see you (?:tomorrow|soon|later)|it(?:'s| is) (?:all )?over(?: now)?|all(?:'s| is) well|"
    r"(?:we(?:'re| are)|you(?:'re| are)) safe(?: now)?|at peace|"
    r"everything (?:is|will be|'s going to be) (?:fine|all ?right|okay|ok)|thank you|thanks|i forgive you|"
    r"let's go home|"
    r"welcome home|embrac\w+|hugs?|hugging|kiss(?:es|ing)?|smil(?:es?|ing)|laugh(?:s|ing)?|falls? asleep|asleep|sleeps|"
    r"walks? (?:away|off) together|hand in hand|the sun sets|case closed)\b|"
    r"剧终|全剧终|大结局|（完）|再见|晚安|好好睡|明天见|都结束了|结束了|没事了|一切都(?:好|会好)|放心吧?|安全了|谢谢|原谅你|"
    r"回家吧|我们回家|和好|拥抱|相拥|抱在一起|亲吻|吻|微笑|相视而笑|笑了|睡着|睡去|入睡|手牵手|夕阳",
    re.IGNORECASE,
)
STIR = re.compile(
    r"\b(?:freez\w+|slides?|slips?|drops?|bangs?|knocks?|rings?|buzz\w*|explod\w+|collapses?|wakes?|points?)\b|"
    r"响|敲|掉|倒|爆|炸|醒|指着|塞进",
    re.IGNORECASE,
)
ARRIVAL = re.compile(
    r"\b(?:door|knock\w*|phone|rings|ringing|buzz\w*|footsteps?|behind|appears?|enters|steps (?:out|in|forward)|"
    r"bursts?|turns?|opens?|wakes?|moves|twitch\w*|freez\w+|frozen|stares?|drops?|gasps?|pale|vanish\w*|disappear\w*|"
    r"go(?:es)? out|empty|dark|shadow\w*|someone|a voice|a figure|a hand|photo\w*|letter|message|screen|ring|key|file|"
    r"mask|alive|pregnant|real)\b|"
    r"门|敲|电话|手机|铃|脚步|身后|背后|出现|走进|冲进|闯|转身|转过|回头|打开|睁开|醒|僵|愣|盯|掉|苍白|消失|空|黑|影|有人|"
    r"声音|照片|信|短信|屏幕|戒指|钥匙|文件|面具|活着|怀孕|亲生|原来|竟|居然|突然|却|真正|就是他|就是她",
    re.IGNORECASE,
)
BROKEN_OFF = re.compile(r"(?:—|–|--|…|\.\.\.)[\"'”’」』）)]*\s*$")
ASKS = re.compile(r"[?？]")
CRIES = re.compile(r"[!！]")
ASKED_CALMLY = re.compile(r"^(?:hello|hi|hey|ok|okay|right|喂|嗯|好吗)[?？]$", re.IGNORECASE)


def conflict_in(text: str) -> str:
    """The first word of conflict or reveal in `text`, or a cry's mark; "" if there is none."""
    found = THREAT.search(text) or REVEALS.search(text) or REFUSAL.search(text) or CRIES.search(text)
    return found.group() if found else ""


def action_in(text: str) -> str:
    """The first word of strong action in `text`: conflict, or somebody who moves or is moved; "" if there is none."""
    found = MOTION.search(text) or FEELING.search(text) or STIR.search(text)
    return conflict_in(text) or (found.group() if found else "")


def closing_in(text: str) -> str:
    """The first word that closes a story; "" if there is none."""
    found = CLOSING.search(text)
    return found.group() if found else ""


def question_in(text: str, *, spoken: bool) -> str:
    """What keeps `text` open, in words for people; "" if nothing does."""
    if ASKS.search(text) and not ASKED_CALMLY.match(text.strip()):
        return "a question"
    if spoken and BROKEN_OFF.search(text):
        return "a sentence that breaks off"
    if spoken and CRIES.search(text):
        return "a cry"
    found = REVEALS.search(text) or THREAT.search(text) or ARRIVAL.search(text)
    return f"“{found.group()}”" if found else ""
