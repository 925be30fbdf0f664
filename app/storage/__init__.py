"""All SQL: functions take and return domain values, never rows."""
