"""English. Whole words only; a drama may speak of death and betrayal, so the lists hold what a drama does not need."""

from safety.rules.base import Rule, Severity

RULES = (
    Rule("minors_sexual", Severity.BLOCK, (
        "child porn", "child pornography", "cp video", "underage sex", "sex with a minor", "sexy child", "loli sex",
        "preteen nude", "naked child", "nude minor",
    )),
    Rule("terror_praise", Severity.BLOCK, (
        "join isis", "heil hitler", "kill all jews", "kill all muslims", "kill all christians", "gas the jews",
        "white power", "race war now",
    )),
    Rule("self_harm_method", Severity.BLOCK, (
        "how to kill yourself", "how to hang yourself", "painless suicide method", "kill yourself now",
        "go kill yourself", "lethal dose of",
    )),
    Rule("weapon_recipe", Severity.BLOCK, (
        "how to make a bomb", "pipe bomb instructions", "build a nail bomb", "make sarin", "synthesize ricin",
        "how to cook meth", "ghost gun blueprint",
    )),
    Rule("hate", Severity.WARNING, (
        "subhuman", "ethnic cleansing is", "vermin race", "inferior race", "master race",
    )),
    Rule("sexual_explicit", Severity.WARNING, (
        "blowjob", "cumshot", "gangbang", "hardcore porn", "creampie", "deepthroat", "handjob", "explicit sex scene",
    )),
    Rule("gore", Severity.WARNING, (
        "disembowel", "disembowelled", "disemboweled", "entrails spill", "torture porn", "skinned alive",
        "beheading video",
    )),
    Rule("drugs_trade", Severity.WARNING, (
        "buy cocaine", "buy heroin", "buy meth", "buy fentanyl", "drugs for sale",
    )),
    Rule("off_platform", Severity.INFO, (
        "whatsapp me", "add me on telegram", "join my telegram", "dm me on", "onlyfans.com", "t.me/", "venmo me",
        "cash app me",
    )),
    Rule("profanity", Severity.INFO, ("fuck", "fucking", "motherfucker", "cunt", "shit", "asshole", "bitch")),
)
