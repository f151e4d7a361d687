"""Model cards: start, complete, show, approve and export."""
