"""Every text that a script of the viewer's pages may show. `_one` is the form for one thing, where a language has it.

Names in braces are filled by the script. The Chinese of all this is in locale/zh_Hans.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from catalog.models import Genre
from payments.models import Entry

MAIN = {
    "home": _("For you"), "discover": _("Discover"), "my_list": _("My list"), "wallet": _("Coins"),
    "close": _("Close"), "loading": _("Loading"), "try_again": _("Try again"), "undo": _("Undo"), "more": _("More"),
    "send": _("Send"), "show_more": _("Show more"), "show_all": _("Show all"), "to_feed": _("Watch something"),
    "offline_title": _("No connection"),
    "offline_text": _("Check your network; it goes on by itself or when you try again."),
    "server_title": _("That did not work"), "server_text": _("Something broke on our side. Try again in a moment."),
    "too_often": _("That was a little fast. Wait a moment, then try again."),
}
WATCHING = {
    "play": _("Play"), "pause": _("Pause"), "replay": _("Play again"), "sound": _("Sound"),
    "tap_for_sound": _("Tap for sound"), "captions": _("Captions"), "captions_on": _("Show captions"),
    "captions_off": _("Hide captions"), "position": _("Position"), "time_of": _("{now} of {total}"),
    "previous": _("Previous"), "next": _("Next"), "clear_screen": _("Clear the screen"),
    "clear_screen_hint": _("Tap “Show controls” to bring them back"), "show_controls": _("Show controls"),
    "episode": _("Episode {number}"), "episode_of": _("Episode {number} / {total}"), "episodes": _("Episodes"),
    "episodes_n": _("{n} episodes"), "episodes_n_one": _("{n} episode"), "continue_tag": _("Go on"),
    "access_free": _("Free"), "access_entitled": _("Unlocked"), "access_pass": _("In your pass"),
    "access_vip": _("In your membership"), "access_locked": _("Locked, {n} coins"),
    "access_locked_one": _("Locked, {n} coin"),
    "film_failed": _("This episode does not play"), "feed_end": _("End of the feed"),
    "caught_up": _("You have seen it all"),
    "caught_up_text": _("New stories arrive all the time. Until then: find one by name, or go on with your list."),
    "back_to_top": _("Back to the first"), "look_again": _("Look again"), "watch_again": _("Watch again"),
    "series_end": _("That was the last episode"), "series_end_text": _("You know how it ends. Here is another story."),
    "so_far": _("That is all so far"), "next_soon": _("The next episode is on its way."),
    "next_on": _("The next episode comes on {date}."), "next_story": _("Next story"),
}
MARKS = {
    "like": _("Like"), "save": _("My list"), "share": _("Share"), "follow": _("Follow"), "following": _("Following"),
    "follow_name": _("Follow {name}"), "copied": _("Link copied"), "copy_this": _("Copy this link"),
    "link": _("Link"), "not_interested": _("Not interested"), "show_again": _("Show in my feed again"),
    "less_of_this": _("You will not see this story in your feed"), "more_of_this": _("It may come in your feed again"),
    "report": _("Report"), "report_why": _("What is wrong with this episode?"),
    "report_note": _("Anything that helps us find it (optional)"),
    "report_needs_note": _("Say in a few words what it is."),
    "report_thanks": _("Thank you. A person will look at it."),
    "report_thanks_text": _("If it breaks the rules it will be taken down."), "go_on": _("Go on watching"),
    "reason_sexual": _("Sexual content"), "reason_violence": _("Violence"), "reason_hate": _("Hate or harassment"),
    "reason_self_harm": _("Self-harm"), "reason_minors": _("Endangers children"),
    "reason_dangerous": _("Dangerous instructions"),
    "reason_consent": _("Uses somebody's face or voice without consent"),
    "reason_copyright": _("Copyright"), "reason_misleading": _("Misleading or a scam"),
    "reason_quality": _("Broken picture, sound or captions"), "reason_spam": _("Advertising or spam"),
    "reason_other": _("Something else"),
}
UNLOCKING = {
    "locked_title": _("Episode {number} is locked"), "price": _("{n} coins"), "price_one": _("{n} coin"),
    "unlock": _("Unlock"), "unlock_title": _("Unlock episode {number}"), "unlock_for": _("Unlock for {n} coins"),
    "unlock_for_one": _("Unlock for {n} coin"), "you_have": _("You have"), "coins": _("{n} coins"),
    "coins_one": _("{n} coin"), "coins_word": _("coins"), "coins_word_one": _("coin"),
    "bonus": _("+{n} bonus, good for {days} days"), "packs": _("Coin packs"),
    "missing": _("You need {n} more coins. Choose a pack:"), "missing_one": _("You need {n} more coin. Choose a pack:"),
    "buy_and_unlock": _("Pay {price} and unlock"), "buy_for": _("Pay {price}"),
    "buy_note": _("Coins you do not use stay in your wallet and never expire."),
    "rest": _("The remaining {n} locked episodes cost {coins} coins together."),
    "debt": _("{n} coins of a refunded purchase are owed first."),
    "price_changed": _("The price has changed. Nothing was taken."),
    "not_enough": _("That is not enough coins any more."),
    "unlocked": _("Unlocked for {n} coins. {left} left."), "unlocked_one": _("Unlocked for {n} coin. {left} left."),
    "unlocked_already": _("Unlocked. It is yours for good."), "waiting_coins": _("Waiting for your coins"),
    "waiting_text": _("The payment is being confirmed. The episode opens by itself."),
    "waiting_long": _("The confirmation takes longer than usual"),
    "waiting_long_text": _("If you have paid, nothing is lost: your coins will come to your wallet."),
    "check_again": _("Check again"), "other_way": _("Choose another way"),
    "not_charged": _("Nothing was charged."), "coins_came": _("Your coins are here."),
    "checkout_paid": _("Paid"), "checkout_failed": _("That did not work. Nothing was charged."),
}
WALLET = {
    "balance_parts": _("{paid} bought · {bonus} bonus"), "no_packs": _("No packs are on sale right now."),
    "history_empty": _("Nothing yet. The first episodes of every story are free."),
    "history_unlock": _("{title}, episode {number}"), "bonus_part": _("bonus {change}"),
    "debt_part": _("owed {change}"),
    f"history_{Entry.Kind.PURCHASE}": _("Coins bought"), f"history_{Entry.Kind.PROMO}": _("A gift"),
    f"history_{Entry.Kind.REFUND}": _("Refund"), f"history_{Entry.Kind.EXPIRY}": _("Bonus coins that ran out"),
    f"history_{Entry.Kind.ADJUSTMENT}": _("Correction by support"),
    "guest": _("You watch as a guest"),
    "guest_text": _("Your coins and your list live on this device. Sign up and they are safe, on every device."),
    "sign_up": _("Sign up"), "sign_in": _("Sign in"), "sign_out": _("Sign out"), "email": _("Email"),
    "password": _("Password"), "password_hint": _("8 characters or more, not a common one."),
    "sign_up_text": _("Everything stays: coins, unlocked episodes, list and likes."),
    "sign_in_text": _("You go over to that account. What this guest has stays with the guest."),
    "have_account": _("I have an account"), "no_account": _("I am new here"),
    "signed_up": _("Signed up. Everything is kept."), "signed_in": _("Signed in."),
    "account_kept": _("Your coins and your list are kept with this account."),
    "email_taken": _("There is an account with this address. Sign in with it."),
    "wrong_credentials": _("Address and password do not belong together."),
    "weak_password": _("Choose a longer, less common password."),
}
FINDING = {
    "continue_watching": _("Continue watching"), "new_series": _("New stories"),
    "results_for": _("Results for “{words}”"),
    "found": _("{n} stories"), "found_one": _("{n} story"), "nothing_found": _("Nothing called “{words}”"),
    "nothing_here": _("Nothing here yet"), "nothing_found_text": _("Try another word, or look through everything."),
    "list_empty": _("Your list is empty"),
    "list_empty_text": _("Put a story aside with the bookmark, and it waits for you here."),
    "list_hint": _("Put a story aside with the bookmark, and it waits for you here."),
    "series_page": _("All about this story"), "start_watching": _("Start watching"),
    "continue_at": _("Continue with episode {number}"), "all_ages": _("All ages"),
}
GENRES = {
    Genre.ROMANCE: _("Romance"), Genre.REVENGE: _("Revenge"), Genre.FAMILY: _("Family"), Genre.THRILLER: _("Thriller"),
    Genre.FANTASY: _("Fantasy"), Genre.COMEDY: _("Comedy"), Genre.HISTORY: _("History"), Genre.CITY: _("City"),
    Genre.MYSTERY: _("Mystery"), Genre.SCIFI: _("Science fiction"), Genre.HORROR: _("Horror"), Genre.YOUTH: _("Youth"),
}


def words() -> dict[str, str]:
    """All of them in the language of this moment, by key."""
    found = MAIN | WATCHING | MARKS | UNLOCKING | WALLET | FINDING
    return {key: str(text) for key, text in found.items()} | {f"genre_{k}": str(text) for k, text in GENRES.items()}


def genre_names(codes: list[str]) -> list[str]:
    """The names of genres, in their order; a code that is no genre any more is left out."""
    return [str(GENRES[Genre(code)]) for code in codes if code in Genre.values]
