"""What is asked of people and what their answers mean: values and the time in, values out.

    settings, assessments, answers, now ──► kinds ──► Asks ──► quiet ──► who hears of which today
                                              ▲
    Heard (from any door) ──► hearing ──► Answer, or what would have been right

Read `kinds/check_in.py` first: one kind is one module. The fields of a question are written once, with the classes of
`model/asking/fields.py`, and shown three ways: as a form, a mail template and a comment (`fields/`).

Words: labels, options and helps of fields stand in the kind, for they are part of what is read back. All other words
(the question, the reasons, what was wrong with an answer) are values here and become words in `render`.
"""
