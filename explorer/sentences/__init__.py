"""Figures put into plain sentences: the same table behind every title, card, caption and command."""
