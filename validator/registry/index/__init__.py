"""An index of the claims on main, so that a change is judged against those that it can meet and not against all."""
