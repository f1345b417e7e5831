"""From a request to a number: reading goals and messages, and winning the race for it."""
