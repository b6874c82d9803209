"""Child Protection Planning Explorer: where an authority stands on child protection plans, and what it would take."""

__version__ = "0.1.0"
