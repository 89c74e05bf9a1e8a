"""What goes on around the loop while a run trains: previews, validation, schedules."""
