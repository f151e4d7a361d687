"""What runs inside the containers of endpoints."""
