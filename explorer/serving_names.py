"""Names that the server, what stands before it, and what asks it agree on: addresses, states, the environment."""

STREAM = "/_stcore/stream"  # Streamlit's: the conversation of an open page
UPLOADS = "/_stcore/upload_file/"  # Streamlit's: files that are loaded, by session and file
FINISHED_WITHIN = 200  # bytes: more than any message of Streamlit's has that says "finished"
LEAVING = "leaving"  # in the state that the server shares with each request: it was told to stop
LOG = "EXPLORER_LOG"  # in the environment: the form of what the program says of itself
CONFIG = "EXPLORER_CONFIG"  # in the environment: the folder with the YAML files, where it is not the program's own
