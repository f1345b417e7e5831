"""Claim a number: read the request, look at the registry, decide, and push the proposal.

The request: `request.py` reads options, `message.py` a registration message, `goal.py` and `clause.py` the targets in a
goal, `target.py` one `--target`; `amounts.py` and `lexicon.py` have their figures, periods and words.
The claim: `race.py` calls `look.py`, `decide.py` and `push.py`, and repeats them after a lost race.
"""
