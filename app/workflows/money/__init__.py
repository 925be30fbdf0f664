"""What vendors bill: received, held against our own record, overruled line by line, disputed in time."""
