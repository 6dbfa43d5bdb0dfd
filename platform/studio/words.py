"""The texts of the studio's scripts, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from studio import words_many as many


def words() -> dict[str, Any]:
    """Texts by key; `errors` by the API's code: [what is wrong, what to do]. {names} are filled in by the scripts."""
    words = _common() | _writing() | _shots() | _work() | _plan() | _steering() | _takes() | _release()
    errors = _errors() | many.errors() | many.findings()
    return words | many.preflight() | many.batch() | many.compute() | {"errors": errors}


def _common() -> dict[str, str]:
    return {
        "failed": _("That did not work."), "offline": _("The server cannot be reached."), "saved": _("Saved"),
        "seconds": _("{n} s"), "by": _("by {name}"), "no_sound": _("The voice could not be played."),
        "no_play": _("The film could not be played."), "play": _("Play"), "pause": _("Pause"),
        "resume": _("Resume"), "retry": _("Retry"), "cancel": _("Cancel"),
    }


def _writing() -> dict[str, str]:
    return {
        "state_saved": _("Saved · v{version}"), "state_dirty": _("Not saved yet"), "state_saving": _("Saving…"),
        "state_refused": _("Not saved: see the line. Kept in this browser."),
        "state_unsaved": _("Not saved. Kept in this browser."),
        "state_offline": _("Not saved: no connection. Kept in this browser."),
        "state_conflict": _("Not saved: there is a newer version"),
        "lose_changes": _("What you wrote since cannot be saved. Leave it?"),
        "version_back": _("This is the text of version {version} again. It is saved as a new one."),
        "draft_back": _("This browser had kept what was not saved."),
    }


def _shots() -> dict[str, str]:
    return {
        "shot_label": _("Shot {n}, {framing}: go to its lines"), "shot_progress": _("Shot {n}"),
        "framing_wide": pgettext("framing", "Wide"), "framing_medium": pgettext("framing", "Medium"),
        "framing_close": pgettext("framing", "Close"), "framing_extreme_close": pgettext("framing", "Extreme close"),
        "framing_over_shoulder": pgettext("framing", "Over the shoulder"),
        "framing_insert": pgettext("framing", "Insert"),
        "time_day": _("day"), "time_night": _("night"), "time_dawn": _("dawn"), "time_dusk": _("dusk"),
        "length_short": _("short of the 30 to 60 seconds that viewers expect"),
        "length_right": _("in the 30 to 60 seconds that viewers expect"),
        "length_long": _("longer than the 60 seconds that viewers expect"),
    }


def _work() -> dict[str, str]:
    return {
        "profile_animatic": _("Animatic"), "profile_draft": _("Draft"), "profile_final": _("Final"),
        "profile_final-linked": _("Final, shots linked"), "profile_final-cast": _("Final, cast by sheets"),
        "profile_final-audio": _("Final, with its own sound"), "profile_tiny-wan": _("Test pictures"),
        "profile_tiny-ltx2": _("Test pictures and sound"),
        "profile_tiny-cast": _("Test pictures, cast by sheets"), "profile_remote": _("By the video service"),
        "profile_remote-linked": _("By the video service, shots linked"),
        "write_first": _("Write something, then render it."), "asking": _("Asking…"),
        "save_first": _("The text could not be saved, so there is nothing to render yet."),
        "rendering": _("Rendering · {percent} %"), "waiting_for_worker": _("Waiting for a free worker"),
        "steps_done": _("{done} of {of} steps done"),
        "steps_done_reused": _("{done} of {of} steps done · {reused} reused"),
        "render_failed": _("The render failed."),
        "nothing_to_do": _("Up to date"), "nothing_to_do_more": _("Nothing has changed since the last render."),
        "all_made": _("Everything is made already"),
        "all_made_more": _("Rendering only puts it together: seconds, and nothing to pay."),
        "quote_main": _("Ready in about {time} · {shots} of {of} shots"),
        "quote_main_none": _("Ready in about {time} · no shot is made anew"),
        "quote_sub": _("{run} of {of} steps to run · {cost}"),
        "quote_left": _("{left} of the budget left"),
        "budget_short": _("The budget does not cover this: it costs {cost}, and {left} is left."),
        "budget_short_more": _("An owner of the studio can raise or renew it."),
        "film_ready": _("The film is done."), "film_of": _("Film of version {version}"),
        "timeline_shot": _("Shot {n}: {text}"),
        "now_title": _("Shot {n} of {of} · {framing} · {length}"),
    }


def _plan() -> dict[str, str]:
    return {
        "no_cost": _("nothing"), "minutes": _("{n} min"),
        "hours": _("{h} h {m} min"), "kind_voice": _("Voices"), "kind_shot": _("Shots"),
        "kind_ladder": _("Smaller sizes"), "kind_sound": _("Sound"), "kind_join": _("Joining"),
        "kind_prompt": _("Reading the prompt"), "kind_sheet": _("Character sheets"), "kind_keyframe": _("Keyframes"),
        "kind_latents": _("Denoising"), "kind_footage": _("Filming by the service"),
        "note_size": _("{model} makes {made}; it is scaled and cropped to {wanted}."),
        "note_length": _("{model} makes at most {made} at once; a shot that needs {wanted} is slowed or held."),
        "note_shots": _("shots {n}"),
        "kind_poster": _("Poster"), "kind_package": _("Packing"), "plan_total": _("Together"),
        "plan_none": _("Nothing has to run: every step is there already."),
        "plan_shared": _("{n} of them are being made for another render already and are not paid twice."),
        "plan_more": _("and {n} more"), "plan_no_cap": _("No budget is set: {spent} spent, {held} held."),
        "plan_budget": _("Budget {cap}: {spent} spent, {held} held, {left} left."),
        "plan_gpu": _("{n} minutes of them on a GPU."),
        "why_new": _("new, or drawn otherwise"), "why_words": _("other words"), "why_voice": _("another voice"),
        "why_character": _("somebody looks different"), "why_look": _("the series looks different"),
        "why_take": _("another take"), "why_profile": _("another quality"), "why_tools": _("newer tools"),
        "why_continuity": _("unchanged, but it goes on from the shot before it"),
        "why_absent": _("asked for before, but never made"),
    }


def _steering() -> dict[str, str]:
    return {
        "left": _("about {time} left"), "left_few": _("a few seconds left"),
        "paused": _("Paused · {percent} %"), "paused_creator": _("What ran is finished; nothing new begins."),
        "paused_pilot": _("It waits until you have seen the pilot of its batch."),
        "paused_budget": _("The budget of the studio is used up."), "to_series": _("To the batch"),
        "to_budget": _("To the budget"), "said_percent": _("Rendering, {percent} percent done"),
        "said_paused": _("The render is paused"), "said_done": _("The render is done"),
        "said_cancelled": _("The render is cancelled"), "step_failed": _("{step} failed"), "shot_failed": _("Failed"),
        "step_shot": _("Shot {n}"), "step_voice": _("A voice of shot {n}"),
    }


def _takes() -> dict[str, str]:
    return {
        "takes_of": _("Takes of shot {n}"), "take_n": _("Take {n}"), "take_use": _("Use this take"),
        "take_play": _("Play take {n}"), "take_in_use": _("In use"), "take_none": _("Not rendered yet"),
        "take_first": _("as planned"), "take_rolling": _("{percent} %"), "take_queued": _("Waiting"),
        "take_paused": _("Paused"), "take_failed": _("Failed"), "take_cancelled": _("Stopped"), "take_stop": _("Stop"),
        "sheets_first": _("First see how they look: {names}"),
        "sheets_first_more": _(
            "The model is shown a sheet of everybody with every shot. It is made once, and approved."
        ),
        "sheet_of": _("Sheet of {name}"), "sheet_none": _("Not made yet"), "sheet_make": _("Make it"),
        "sheet_approve": _("Approve"), "sheet_withdraw": _("Take back"),
        "sheet_is_approved": _("{name} is approved."), "sheet_is_not": _("{name} is not approved any more."),
        "take_retry": _("Try again"), "take_ready": _("Take {n} of shot {shot} is there."),
        "take_chosen": _("Take {n} of shot {shot} is chosen."),
        "takes_gone": _("The text of this shot has changed since. Render, then roll it again."),
        "takes_next": _("The next render uses the chosen take: {run} of {of} steps, about {time}, {cost}."),
        "takes_next_free": _("The next render uses the chosen take. It is made already, so it costs nothing."),
    }


def _release() -> dict[str, str]:
    return {
        "submit_what": _("The film of version {version}, rendered {when}. What was used to make it is frozen with it."),
        "submitted": _("Handed to review"), "status_in_review": _("In review"),
        "release_render_first": _("Render a film first"),
        "release_render_first_more": _("What you submit is the finished film, with the text it was made of."),
        "release_render_again": _("This film was judged before. Change the text, render again, then submit."),
        "release_in_review": _("In review"),
        "release_in_review_more": _("A person looks at it now. The result appears here."),
        "release_scheduled": _("Passed, and waiting for its date"),
        "release_scheduled_more": _("It appears by itself at the time you set."),
        "release_published": _("Out"), "release_published_more": _("Viewers can watch it."),
        "release_withdrawn": _("Withdrawn"), "release_withdrawn_more": _("Viewers do not see it."),
        "review_rejected": _("Rejected"), "review_approved": _("Passed"), "master_version": _("film {version}"),
    }


def _errors() -> dict[str, list[str]]:
    return {
        "not_authenticated": [_("You are signed out."), _("Sign in again in another tab; your text is kept here.")],
        "throttled": [_("Too much at once."), _("Wait a moment.")],
        "screenplay_empty": [_("The screenplay is empty."), _("Write a scene heading, then what is seen and said.")],
        "screenplay_no_scenes": [
            _("There is no scene yet."), _("Begin one with a heading such as INT. KITCHEN - NIGHT."),
        ],
        "screenplay_no_words": [_("Nothing is seen or said yet."), _("Write an action or a line below the heading.")],
        "screenplay_binary": [_("Line {line} holds bytes that are not text."), _("Paste it as plain text.")],
        "screenplay_too_big": [_("This is too long for one episode."), _("Split it into several episodes.")],
        "screenplay_too_slow": [_("This takes too long to read."), _("Look at line {line} first.")],
        "sheets_unapproved": [
            _("The looks of the cast are not approved yet."),
            _("Have the sheets made, look at them, and approve them."),
        ],
        "sheet_not_made": [_("This sheet is not made yet."), _("Have it made, and look at it.")],
        "no_screenplay": [_("There is no screenplay yet."), _("Save a screenplay first.")],
        "missing_voice": [_("A voice of the cast is not installed here."), _("Choose another one on the series page.")],
        "missing_character": [_("Nobody in the cast is called {character}."), _("Save the screenplay again.")],
        "handle_taken": [_("This address is taken."), _("Choose another one.")],
        "owners_only": [_("Only owners do this."), ""],
        "last_owner": [_("A studio needs an owner."), _("Make somebody else an owner first.")],
        "no_such_account": [_("Nobody is registered with this email address."), _("Ask them to make an account.")],
        "already_member": [_("They are a member already, in another role."), _("Change the role in the list.")],
        "name_taken": [_("Another character has this name."), _("Take another name.")],
        "not_submittable": [_("Only a draft or a rejected episode can be submitted."), ""],
        "master_already_submitted": [_("This film was judged before."), _("Render again, then submit.")],
        "release_in_past": [_("That time has passed."), _("Name a later one, or none.")],
        "render_not_done": [_("The render is not done."), _("Submit it once it is.")],
        "not_found": [_("There is nothing here for you."), ""],
        "server_fault": [_("Something broke on our side."), _("Try again later.")],
    }
