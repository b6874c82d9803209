"""Measurements for the record."""
