"""Pairs of units as fleets of many trades write them, and whether a number in one says something about the other.

Written before the rules that compare units were read: a pair that fails here is a fault of the rule, not of the table.
"""

# the same thing counted: a number in one may be compared with a number in the other
SAME = (
    ("letter", "letters"),
    ("Patient Letters", "patient letters"),
    ("letters to patients", "patient letters"),
    ("inquiries", "inquiry"),
    ("batches", "batch"),
    ("loaves", "loaf"),
    ("analyses", "analysis"),
    ("boxes of apples", "box of apples"),
    ("follow-ups", "follow ups"),
    ("e-mails", "emails"),
    ("work orders", "Work Order"),
    ("$", "USD"),
    ("usd", "USD"),
    ("€", "EUR"),
    ("%", "percent"),
    ("h", "hours"),
    ("km", "kilometres"),
)

# another thing: never compared
DIFFERENT = (
    ("patients", "letters"),
    ("USD", "EUR"),
    ("$", "€"),
    ("$", "AUD"),
    ("£", "USD"),
    ("percent", "letters"),
    ("hours", "letters"),
    ("orders", "order lines"),
    ("invoices", "invoice lines"),
    ("beds", "bed days"),
    ("pallets of tiles", "tiles"),
    ("pairs of shoes", "shoes"),
    ("crates of apples", "boxes of apples"),
    ("kg", "km"),
    ("loaf", "loads"),
    ("translated pages", "translated words"),
)

# perhaps the same: nothing is said about it
UNCLEAR = (
    ("patient letters", "letters"),
    ("emails", "personalized emails"),
    ("calls", "sales calls"),
    ("hot meals", "meals"),
    ("signed contracts", "contracts"),
    ("samples", "blood samples"),
    ("boxes", "boxes of apples"),
    ("appointments", "bookings"),
    ("Prüfungen", "Prüfung"),
    ("m", "minutes"),
    ("¥", "CNY"),
)
