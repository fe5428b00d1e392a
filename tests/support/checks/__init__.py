"""What must hold of every text of every view: functions of the release and one panel that return a fault or nothing."""
