"""Readers of figures: files in, checked tables out."""
