"""Chinese, simplified. Found inside sentences, and through spaces and dots put between the characters."""

from safety.rules.base import Rule, Severity

RULES = (
    Rule("minors_sexual", Severity.BLOCK, ("儿童色情", "幼女色情", "未成年性交", "幼童裸照", "萝莉裸", "恋童视频")),
    Rule("terror_praise", Severity.BLOCK, ("加入伊斯兰国", "希特勒万岁", "杀光犹太人", "杀光穆斯林", "种族清洗万岁")),
    Rule("self_harm_method", Severity.BLOCK, ("自杀方法", "无痛自杀", "怎么自杀", "割腕教程", "上吊教程", "烧炭教程")),
    Rule("weapon_recipe", Severity.BLOCK, ("炸弹制作", "自制炸弹", "制毒方法", "冰毒制作", "枪支图纸", "沙林配方")),
    Rule("hate", Severity.WARNING, ("劣等民族", "劣等种族", "贱种民族", "低等人种")),
    Rule("sexual_explicit", Severity.WARNING, ("口交", "肛交", "群交", "内射", "颜射", "色情片", "裸聊", "约炮")),
    Rule("gore", Severity.WARNING, ("开膛破肚", "剥皮抽筋", "肢解尸体", "斩首视频", "虐杀视频")),
    Rule("drugs_trade", Severity.WARNING, ("买冰毒", "卖冰毒", "出售海洛因", "代购大麻", "买卖毒品")),
    Rule("off_platform", Severity.INFO, ("加微信", "加我微信", "微信号", "加qq", "加我qq", "私聊我", "扫码进群")),
    Rule("profanity", Severity.INFO, ("操你妈", "草泥马", "傻逼", "他妈的", "妈的逼", "狗日的")),
)
