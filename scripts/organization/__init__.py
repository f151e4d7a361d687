"""Prepare the organisation, share the portfolios with it, and look at its accounts."""
