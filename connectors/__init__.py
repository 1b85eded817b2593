"""One folder per system; each knows one system and `sync_agent.model`."""
