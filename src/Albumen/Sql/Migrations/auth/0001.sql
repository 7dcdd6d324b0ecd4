-- Who may enter. Apart from catalog.db, because it cannot be rebuilt from the files.
CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  is_admin INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL
) STRICT;

-- The selector is the first part of the password, in clear: it finds the row, so that one slow hash is computed and not one per password.
CREATE TABLE app_password (
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
  label TEXT NOT NULL,
  selector TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;

CREATE INDEX app_password_person ON app_password (person_id);
