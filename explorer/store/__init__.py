"""What the program keeps between visits: views that people saved, and the short codes of meetings.

Everything is in one database: a file of SQLite, or PostgreSQL. Only this room knows it.
"""

from explorer.store.meetings import Meeting
from explorer.store.rules import Rules
from explorer.store.store import Store, open_store
from explorer.store.views import ChangedMeanwhile, SavedView

__all__ = ["ChangedMeanwhile", "Meeting", "Rules", "SavedView", "Store", "open_store"]
