-- That an admin has paused the work nobody waits for: one row at most. until: null until it is resumed.
CREATE TABLE pause (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  since INTEGER NOT NULL,
  until INTEGER
) STRICT;
