"""What is done to a store as a whole: the record written out and read back, a person erased, jumps of the clock."""
