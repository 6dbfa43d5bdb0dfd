"""A finished episode's files: fragmented MP4s with HLS over their byte ranges, subtitles, poster, contact sheet."""
