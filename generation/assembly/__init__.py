"""Pictures to H.264, clips to one track, voices to a mix. No database, no network; files in, files out."""
