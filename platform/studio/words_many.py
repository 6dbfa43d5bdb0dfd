"""The texts of the scripts about many episodes and their money: pre-flight, batch, compute account."""

from __future__ import annotations

from django.utils.translation import gettext as _


def preflight() -> dict[str, str]:
    return {
        "check": _("Check the series"), "check_again": _("Check again"), "checking": _("Reading every episode…"),
        "pre_ready": _("Ready to render"), "pre_blocked": _("Put these right first"),
        "pre_short": _("The budget does not cover this"), "pre_done": _("Everything is rendered already"),
        "pre_ready_more": _("Nothing stands in the way. Hints below are worth a look before money is spent."),
        "pre_blocked_more": _("Findings that block the batch: {n}. Each says what to do."),
        "pre_short_more": _("It costs {cost}, and {left} is left. An owner can raise or renew the budget."),
        "pre_done_more": _("No step has to run, so a batch would cost nothing."),
        "pre_cost": _("Costs at most"), "pre_time": _("Done in about"), "pre_shots": _("Shots"),
        "pre_episodes": _("Episodes"), "pre_unchanged": _("{n} unchanged"),
        "pre_steps": _("{run} of {of} steps to run"),
        "pre_of_series": _("The whole series"), "pre_none": _("Nothing found"),
        "pre_unchanged_row": _("Unchanged"), "pre_steps_row": _("{n} steps"), "pre_fix": _("Open the episode"),
        "sev_block": _("Blocks"), "sev_warn": _("Worth a look"), "sev_info": _("Note"),
        "sev_count_block": _("{n} blocking"), "sev_count_warn": _("{n} to look at"), "sev_count_info": _("{n} notes"),
        "pre_line": _("line {n}"), "pre_shot": _("shot {n}"), "pre_pilot": _("Pilot"),
        "pre_pilot_none": _("No pilot: all at once"), "pre_pilot_pick": _("Episode {n} first"),
        "pre_start": _("Render {n} episodes"), "pre_start_pilot": _("Render the pilot"),
        "pre_held": _("{cost} is held now; what is not used comes back."), "untitled": _("Untitled"),
    }


def findings() -> dict[str, list[str]]:
    """What the server says in English with what it measured, in short: for readers of another language."""
    open_end = _("End one beat earlier, or add one: who enters, what is found, what is asked.")
    fewer = _("Give the smallest parts to others, or leave them to another episode.")
    return {
        "find:sheets_unapproved": [
            _("The looks of the cast are not approved yet."),
            _("Have the sheets made, look at them, and approve them."),
        ],
        "find:no_screenplay": [_("There is no screenplay yet."), _("Write it, or leave this episode out.")],
        "find:too_short": [_("Shorter than viewers expect."), _("Add a beat.")],
        "find:too_long": [_("Longer than viewers expect."), _("Cut it, or make two episodes of it.")],
        "find:no_hook": [_("No hook in the first seconds."), _("Start later in the scene: with the line or the deed.")],
        "find:empty_opening": [_("The first shot shows an empty place."), _("Open on a face, a blow or a line.")],
        "find:ends_resolved": [_("The end leaves nothing open."), open_end],
        "find:no_open_question": [_("Nothing in the ending makes one want to go on."), open_end],
        "find:many_speakers": [_("Many people speak."), fewer],
        "find:many_faces": [_("Many people are seen."), fewer],
        "find:many_new_characters": [_("Many new characters at once."), fewer],
        "find:missing_character": [_("A speaker is not in the cast."), _("Save the screenplay again.")],
        "find:no_voice": [_("A speaker has no voice."), _("Choose a voice for the character.")],
        "find:missing_voice": [_("A voice is not installed here."), _("Choose a voice for the character.")],
        "find:no_look": [_("A character has no look."), _("Describe the character's look.")],
        "find:speaks_once": [_("A character speaks only once."), _("Give the line to somebody who is there anyway.")],
        "find:duplicate_name": [_("Names that may mean the same person."), _("Write the name the same everywhere.")],
        "find:same_text": [_("Two episodes have the same text."), _("Change one of them, or leave it out.")],
        "find:unchanged": [_("Rendered already, unchanged."), ""],
    }


def batch() -> dict[str, str]:
    return {
        "batch_admitting": _("Starting…"), "batch_pilot": _("The pilot is being made"),
        "batch_pilot_done": _("The pilot is done: watch it, then let the others go"),
        "batch_running": _("Rendering"), "batch_paused": _("Paused"), "batch_ended": _("All done"),
        "batch_ended_badly": _("Ended: {n} failed"), "batch_cancelled": _("Stopped"),
        "batch_of": _("{done} of {of} episodes done"), "batch_percent": _("{percent} %"),
        "batch_money": _("{spent} of at most {cost}"), "batch_ordered": _("Doing it…"),
        "batch_go": _("Make the others"),
        "batch_watch": _("Watch the pilot"), "batch_watch_row": _("Watch"), "batch_since": _("Started {when}"),
        "batch_stop_sure": _("Stop this batch? What is done stays."), "batch_pilot_tag": _("Pilot"),
        "item_waiting": _("Waiting"), "item_queued": _("Waiting for a worker"), "item_running": _("Rendering"),
        "item_paused": _("Paused"), "item_paused_pilot": _("Waits for the pilot"),
        "item_paused_budget": _("Paused: the budget is used up"), "item_done": _("Done"), "item_failed": _("Failed"),
        "item_cancelled": _("Stopped"), "batch_progress": _("The whole batch"), "item_progress": _("Episode {n}"),
        "said_batch": _("Batch: {done} of {of} episodes done"),
    }


def compute() -> dict[str, str]:
    return {
        "compute_no_cap": _("no budget set"), "compute_hold": _("Held for a render"),
        "compute_hold_batch": _("Held for an episode of a batch"), "compute_settle": _("Paid: {what}"),
        "compute_release": _("Let go: {what} did not run"), "compute_release_render": _("Let go"),
        "compute_move": _("No longer held for the batch"), "compute_none": _("Nothing yet."),
        "compute_capped": _("The budget is used up: no further step begins until it is raised or renewed."),
        "one_voice": _("a voice"), "one_shot": _("a shot"), "one_ladder": _("smaller sizes"), "one_sound": _("sound"),
        "one_prompt": _("a prompt"), "one_sheet": _("a character sheet"), "one_keyframe": _("a keyframe"),
        "one_latents": _("a film"), "one_footage": _("a film by the service"),
        "one_join": _("joining"), "one_poster": _("a poster"), "one_package": _("packing"),
    }


def errors() -> dict[str, list[str]]:
    return {
        "budget_exceeded": [
            _("This costs more than the budget leaves."), _("Ask for less, or have an owner raise or renew it."),
        ],
        "too_many_takes": [_("This shot has as many takes as it can have."), _("Choose one, or rewrite the shot.")],
        "take_not_done": [_("This take is not done."), _("Wait until it can be seen.")],
        "render_ended": [_("The render has ended already."), ""],
        "render_waits_for_pilot": [_("It waits for its batch."), _("Look at the pilot, then let it go.")],
        "render_waits_for_budget": [_("The budget is used up."), _("An owner can raise it.")],
        "batch_busy": [_("The batch is still doing what it was told."), _("Try again in a few seconds.")],
        "batch_ended": [_("This batch has ended."), _("Start a new one: what is made is reused.")],
        "preflight_failed": [_("Something stands in the way."), _("Check the series again.")],
        "episode_in_open_batch": [
            _("Another batch is still making some of these episodes."), _("Wait for it, or cancel it."),
        ],
        "step_error": [
            _("Something went wrong on our side (reference {reference})."),
            _("Retry it; if it stays so, tell support the reference."),
        ],
        "deadline_exceeded": [_("A step took far too long."), _("Retry it; if it stays so, make the shot shorter.")],
    }
