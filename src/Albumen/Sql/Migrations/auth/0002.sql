-- What programs that mount the archive said of its paths, and what cannot be asked again of files in the inbox. Here and not in catalog.db, because it cannot be rebuilt.

-- RFC 4918, 6. The key is the path with each name as it is compared.
CREATE TABLE path_lock (
  token TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  path_key TEXT NOT NULL,
  is_exclusive INTEGER NOT NULL,
  is_deep INTEGER NOT NULL,
  person TEXT NOT NULL,
  owner TEXT NOT NULL,
  timeout_s INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- RFC 4918, 4.2: properties that we keep and do not understand, each as the whole element.
CREATE TABLE path_property (
  path_key TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  element TEXT NOT NULL,
  PRIMARY KEY (path_key, namespace, name)
) STRICT, WITHOUT ROWID;

-- Hashes of a file of the inbox, taken while it was received, and who sent it. They hold while it has this birth, size and modification time.
CREATE TABLE inbox_file (
  inode INTEGER PRIMARY KEY,
  born_ns INTEGER NOT NULL,
  size_in_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  sha1 BLOB NOT NULL,
  md5 BLOB NOT NULL,
  person TEXT NOT NULL
) STRICT;

-- What was taken in from the inbox and is still shown there. Its bytes are those of the asset's content.
CREATE TABLE inbox_receipt (
  folder_key TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  name TEXT NOT NULL,
  size_in_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  sha1 BLOB,
  md5 BLOB,
  asset TEXT NOT NULL,
  taken_in INTEGER NOT NULL,
  PRIMARY KEY (folder_key, entry_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_receipt_age ON inbox_receipt (taken_in);
