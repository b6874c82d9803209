"""Pictures: a tidy table in, a chart specification out, nothing computed."""
