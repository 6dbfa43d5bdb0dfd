"""The studio's addresses. Story is what is told, work is what is rendered."""

from django.urls import path

from generation.api import batches, compute, control, costs, desk, frames, sheets, story, takes, work

urlpatterns = [
    # --- story
    path("studio/breakdown", story.Breakdown.as_view()),
    path("studio/episodes/<uuid:uid>/screenplay", story.EpisodeScreenplay.as_view()),
    path("studio/series/<uuid:uid>/characters", story.SeriesCharacters.as_view()),
    path("studio/series/<uuid:uid>/characters/<uuid:character_uid>", story.SeriesCharacter.as_view()),
    path("studio/series/<uuid:uid>/look", story.SeriesLook.as_view()),
    # --- work
    path("studio/episodes/<uuid:uid>/renders", work.EpisodeRenders.as_view()),
    path("studio/episodes/<uuid:uid>/submit", work.EpisodeSubmit.as_view()),
    path("studio/renders/<uuid:uid>", work.RenderOne.as_view()),
    path("studio/renders/<uuid:uid>/events", work.RenderEvents.as_view()),
    path("studio/renders/<uuid:uid>/cancel", work.RenderCancel.as_view()),
    path("studio/renders/<uuid:uid>/preview", work.RenderPreview.as_view()),
    path("studio/renders/<uuid:uid>/steps/<str:key>/preview.jpg", frames.StepFrame.as_view()),
    # --- control: pause, resume, retry, cancel
    path("studio/renders/<uuid:uid>/pause", control.RenderPause.as_view()),
    path("studio/renders/<uuid:uid>/resume", control.RenderResume.as_view()),
    path("studio/renders/<uuid:uid>/retry", control.RenderRetry.as_view()),
    path("studio/renders/<uuid:uid>/steps/<str:key>/pause", control.StepPause.as_view()),
    path("studio/renders/<uuid:uid>/steps/<str:key>/resume", control.StepResume.as_view()),
    path("studio/renders/<uuid:uid>/steps/<str:key>/retry", control.StepRetry.as_view()),
    path("studio/renders/<uuid:uid>/steps/<str:key>/cancel", control.StepCancel.as_view()),
    path("studio/series/<uuid:uid>/renders/pause", control.SeriesPause.as_view()),
    path("studio/series/<uuid:uid>/renders/resume", control.SeriesResume.as_view()),
    path("studio/series/<uuid:uid>/renders/retry", control.SeriesRetry.as_view()),
    path("studio/series/<uuid:uid>/renders/cancel", control.SeriesCancel.as_view()),
    # --- takes: one shot, rolled again
    path("studio/episodes/<uuid:uid>/takes", takes.EpisodeTakes.as_view()),
    path("studio/episodes/<uuid:uid>/takes/choice", takes.EpisodeTakeChoice.as_view()),
    # --- sheets of the cast
    path("studio/episodes/<uuid:uid>/sheets", sheets.EpisodeSheets.as_view()),
    path("studio/episodes/<uuid:uid>/sheets/approval", sheets.EpisodeSheetApproval.as_view()),
    # --- compute: the account
    path("studio/creators/<uuid:uid>/compute", compute.Compute.as_view()),
    path("studio/creators/<uuid:uid>/compute/entries", compute.ComputeEntries.as_view()),
    path("studio/episodes/<uuid:uid>/costs", costs.EpisodeCosts.as_view()),
    path("studio/episodes/<uuid:uid>/costs/attempts", costs.EpisodeAttempts.as_view()),
    path("studio/series/<uuid:uid>/costs", costs.SeriesCosts.as_view()),
    # --- batches: a series as one piece of work
    path("studio/series/<uuid:uid>/preflight", batches.SeriesPreflight.as_view()),
    path("studio/series/<uuid:uid>/batches", batches.SeriesBatches.as_view()),
    path("studio/batches/<uuid:uid>", batches.BatchOne.as_view()),
    path("studio/batches/<uuid:uid>/go", batches.BatchGo.as_view()),
    path("studio/batches/<uuid:uid>/pause", batches.BatchPause.as_view()),
    path("studio/batches/<uuid:uid>/resume", batches.BatchResume.as_view()),
    path("studio/batches/<uuid:uid>/cancel", batches.BatchCancel.as_view()),
    path("studio/batches/<uuid:uid>/retry", batches.BatchRetry.as_view()),
    # --- desk: prices, pictures, voices
    path("studio/episodes/<uuid:uid>/quote", desk.EpisodeQuote.as_view()),
    path("studio/renders/<uuid:uid>/shots", desk.RenderShots.as_view()),
    path("studio/characters/<uuid:uid>/portrait.jpg", desk.CharacterPortrait.as_view()),
    path("studio/voices", desk.Voices.as_view()),
    path("studio/voices/<str:name>/sample.wav", desk.VoiceSample.as_view()),
]
