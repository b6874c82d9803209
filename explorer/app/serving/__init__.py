"""How the program is served to many at once: the server, what it does before it opens, and what it answers for."""
