"""The briefing: one authority at one date, in figures, sentences and questions; every page and file shows the same."""
