"""The rules. Pure: standard library, phonenumbers, holidays and itself; time is always a value."""
