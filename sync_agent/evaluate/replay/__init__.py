"""Judges past days again, and tries other assumptions."""
