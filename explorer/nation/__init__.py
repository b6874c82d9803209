"""Plan records of a nation: a folder of files to the figures of each authority, in memory that does not grow."""
