"""Did it work? What an intervention was expected to change, what changed, and what else could have done it."""
