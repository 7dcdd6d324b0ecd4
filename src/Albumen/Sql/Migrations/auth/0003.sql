-- What people's programs put into albums and tags that is no photo, or none yet, each for its person alone and for a while. The bytes lie below shadow/.
CREATE TABLE shadow (
  person TEXT NOT NULL,
  folder_key TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  file TEXT,
  size_in_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  is_dated INTEGER NOT NULL,
  sha256 BLOB,
  sha1 BLOB,
  md5 BLOB,
  asset TEXT,
  was_key TEXT,
  expires INTEGER NOT NULL,
  PRIMARY KEY (person, folder_key, entry_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX shadow_folder ON shadow (folder_key);
CREATE INDEX shadow_age ON shadow (expires);
