"""What tests stand on: the private MariaDB server, databases ready in an instant, the live server, the browser."""
