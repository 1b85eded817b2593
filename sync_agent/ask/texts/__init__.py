"""Comments and mails: which words are the author's own, and which commands are among them."""
