"""What strangers' files are, told by opening them: in a process of its own for each, under limits.

`examiner` asks from the office's process; `worker` is the other one, and all the rest runs there alone.
"""
