"""Look at the report in headless Chromium: `python -m rehearsal.page_check [PAGE]`."""
