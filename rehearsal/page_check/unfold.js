// Unfold everything that is folded.
() => document.querySelectorAll("details").forEach((each) => { each.open = true; })
