"""How endpoints do: checks and looks, states, history, maintenance, status pages."""
