"""The moderators' pages. They ask selectors and call one service each; no rule lives here."""
