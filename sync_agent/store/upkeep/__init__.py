"""What is done to a store as a whole: exporting and importing the record, erasing a person, renames, old copies, jumps
of the clock.
"""
