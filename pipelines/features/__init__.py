"""Parts of a central feature group: what it holds, who reads it, and how records come into it."""
