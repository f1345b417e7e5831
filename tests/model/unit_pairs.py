"""Pairs of units as fleets of many trades write them, and whether a number in one says something about the other.

Most were written before the rules that compare units were read. Since then one moved to the unclear ones (see there),
and some were added.
"""

# the same thing counted: a number in one may be compared with a number in the other
SAME = (
    ("letter", "letters"),
    ("Patient Letters", "patient letters"),
    ("inquiries", "inquiry"),
    ("batches", "batch"),
    ("loaves", "loaf"),
    ("analyses", "analysis"),
    ("boxes of apples", "box of apples"),
    ("lines of orders", "order lines"),
    ("follow-ups", "follow ups"),
    ("e-mails", "emails"),
    ("work orders", "Work Order"),
    ("$", "USD"),
    ("usd", "USD"),
    ("€", "EUR"),
    ("₹", "INR"),
    ("A$", "AUD"),
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
    ("work orders", "order work"),
    ("letters to patients", "letters from patients"),
)

# perhaps the same: nothing is said about it
UNCLEAR = (
    ("letters to patients", "patient letters"),  # or those from patients
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
    ("kr", "SEK"),
)
