-- What is on the volumes (Storage).

CREATE TABLE volume (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL DEFAULT 'new',
  detail TEXT,
  scanned INTEGER
) STRICT;

CREATE TABLE folder (
  id INTEGER PRIMARY KEY,
  volume_id INTEGER NOT NULL REFERENCES volume,
  parent_id INTEGER REFERENCES folder,
  path BLOB NOT NULL,
  entry_name TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  modified_ns INTEGER NOT NULL,
  missing_since INTEGER,
  UNIQUE (volume_id, path)
) STRICT;

CREATE UNIQUE INDEX folder_entry ON folder (parent_id, entry_key);

-- One row for each regular file that is not ignored. content_id is null until the file was read, and again when it changed;
-- previous_content_id is then what it held before, so that its asset goes on.
CREATE TABLE location (
  folder_id INTEGER NOT NULL REFERENCES folder,
  name BLOB NOT NULL,
  size_in_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  changed_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  entry_name TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  content_id INTEGER,
  previous_content_id INTEGER,
  missing_since INTEGER,
  PRIMARY KEY (folder_id, name)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX location_entry ON location (folder_id, entry_key);
CREATE INDEX location_content ON location (content_id) WHERE content_id IS NOT NULL;

-- Work that must not be forgotten (Processing). Taken in order of priority, then id.
CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  priority INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  asked INTEGER NOT NULL DEFAULT 0,
  UNIQUE (kind, subject)
) STRICT;

CREATE INDEX job_next ON job (kind, priority DESC, id);

-- What the files are (Catalog).

CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  size_in_bytes INTEGER NOT NULL,
  kind TEXT NOT NULL,
  mime TEXT NOT NULL,
  asset_id INTEGER REFERENCES asset
) STRICT;

CREATE INDEX content_asset ON content (asset_id) WHERE asset_id IS NOT NULL;

CREATE TABLE asset (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  content_id INTEGER NOT NULL REFERENCES content,
  name TEXT NOT NULL,
  taken TEXT,
  facts TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE INDEX asset_revision ON asset (revision);

-- What each source says of an asset: embedded, filename, mtime, and those that follow. JSON in the shape of Facts.
CREATE TABLE layer (
  asset_id INTEGER NOT NULL REFERENCES asset,
  source TEXT NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (asset_id, source)
) STRICT, WITHOUT ROWID;

-- Something a person should look at. One row per subject and kind; a repeated finding moves last_seen.
CREATE TABLE problem (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  volume TEXT NOT NULL,
  path TEXT NOT NULL,
  message TEXT NOT NULL,
  folder_id INTEGER,
  name BLOB,
  decoder TEXT,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  UNIQUE (volume, path, kind)
) STRICT;

CREATE VIRTUAL TABLE asset_text USING fts5 (name, folder, title, caption, tags, people, camera, tokenize = "unicode61 remove_diacritics 2");

-- Small pictures that exist in the cache (Derivatives).
CREATE TABLE derivative (
  content_id INTEGER NOT NULL REFERENCES content,
  kind TEXT NOT NULL,
  recipe INTEGER NOT NULL,
  size_in_bytes INTEGER NOT NULL,
  PRIMARY KEY (content_id, kind)
) STRICT, WITHOUT ROWID;

-- Names the tree gave and keeps (Tree).
CREATE TABLE timeline_folder (
  name TEXT PRIMARY KEY,
  year TEXT NOT NULL,
  entries INTEGER NOT NULL,
  modified INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX timeline_folder_year ON timeline_folder (year, name);

CREATE TABLE timeline_entry (
  folder TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  entry_name TEXT NOT NULL,
  asset_id INTEGER NOT NULL UNIQUE REFERENCES asset,
  PRIMARY KEY (folder, entry_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
