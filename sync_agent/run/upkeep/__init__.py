"""What a cycle first does about its store: notices old copies, carries over renames, corrects jumps of the clock."""
