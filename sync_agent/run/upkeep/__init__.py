"""What a cycle does about its store first: old copies, renames, a clock that jumps."""
