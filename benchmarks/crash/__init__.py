"""Nothing lost, nothing twice: the real process is killed while it delivers."""
