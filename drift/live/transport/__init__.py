"""What carries requests to the service: two libraries behind one small interface."""
