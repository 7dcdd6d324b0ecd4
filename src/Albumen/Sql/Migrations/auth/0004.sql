-- What people prefer. value: null where it was taken back, so that it is known when.
CREATE TABLE preference (
  person_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT,
  changed INTEGER NOT NULL,
  PRIMARY KEY (person_id, name)
) STRICT, WITHOUT ROWID;
