"""What leaves the dashboard: single numbers with their citation, and tables to download."""
