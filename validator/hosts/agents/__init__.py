"""AI coding agents: which session a program speaks for, and what the agent's program (its harness) asks and hears."""
