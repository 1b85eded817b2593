"""The pages as data: JSON, CSV, Atom, iCalendar and badges, for programs that people use."""
