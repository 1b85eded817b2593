"""Names, hashes and signatures that are the same on every machine: ids, versions, tokens, links, reply addresses."""
