-- What was changed, by whom, and how to take it back (Catalog). All of it stands in layer/journal.jsonl too, from which these tables are made anew.
-- number: as people say it. at: milliseconds since 1970.
CREATE TABLE operation (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  door TEXT NOT NULL,
  what TEXT NOT NULL,
  undoes TEXT,
  assets INTEGER NOT NULL
) STRICT;

CREATE INDEX operation_undoes ON operation (undoes) WHERE undoes IS NOT NULL;

-- asset: its uid, for it may not be indexed. kind: StatementKind. before and after: JSON; null is no statement.
CREATE TABLE change (
  asset TEXT NOT NULL,
  field TEXT NOT NULL,
  kind INTEGER NOT NULL,
  operation INTEGER NOT NULL REFERENCES operation,
  before TEXT,
  after TEXT,
  PRIMARY KEY (asset, field, kind, operation)
) STRICT, WITHOUT ROWID;

CREATE INDEX change_operation ON change (operation);

-- Where all operations have led: what a person, and what the sidecars, say now.
CREATE TABLE statement (
  asset TEXT NOT NULL,
  kind INTEGER NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (asset, kind, field)
) STRICT, WITHOUT ROWID;

CREATE INDEX statement_content ON statement (field) WHERE kind = 3;
CREATE INDEX statement_conflict ON statement (asset, field) WHERE kind = 2;

-- What an XMP sidecar said when it was read. facts: JSON in the shape of Facts; null when it could not be understood.
CREATE TABLE sidecar_content (
  content_id INTEGER PRIMARY KEY REFERENCES content,
  facts TEXT
) STRICT;

-- The base of the three-way comparison: what a sidecar said when it and the catalogue last agreed. name: beside the original, or where it would be
-- if it were not in the mirror. writing: what we were about to write into it, JSON of fields. size and times: of the file as it was then.
CREATE TABLE sidecar (
  folder_id INTEGER NOT NULL REFERENCES folder,
  name BLOB NOT NULL,
  is_mirror INTEGER NOT NULL,
  facts TEXT NOT NULL,
  writing TEXT,
  size_in_bytes INTEGER,
  modified_ns INTEGER,
  inode INTEGER,
  PRIMARY KEY (folder_id, name, is_mirror)
) STRICT, WITHOUT ROWID;

-- Names the timeline gave and a rebuild could not guess.
CREATE TABLE kept_name (
  asset TEXT PRIMARY KEY,
  folder TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  entry_name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX kept_name_place ON kept_name (folder, entry_key);

-- What a photo is described from, so that this can be done anew wherever it lies by now. facts: as read from the bytes, 'null' when nothing could be; null
-- in those of an older version that were not read since. zone: of its place. born_ns: of the file. timezone: the volume's own, as configured.
ALTER TABLE content ADD COLUMN facts TEXT;
ALTER TABLE content ADD COLUMN zone TEXT;
ALTER TABLE location ADD COLUMN born_ns INTEGER;
ALTER TABLE volume ADD COLUMN timezone TEXT;
-- That of the place it is described by, as KnownZone writes it: it completes times that state no offset.
ALTER TABLE asset ADD COLUMN zone TEXT;

-- One content may lie in thousands of places: sidecars of a bulk edit are all alike.
CREATE INDEX location_lost ON location (content_id) WHERE missing_since IS NOT NULL;

-- Photos whose places are others than when they were last described. Triggers, because there are many ways to lose a place and none may be forgotten.
CREATE TABLE place_change (content_id INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER location_gone AFTER DELETE ON location
WHEN OLD.missing_since IS NULL AND EXISTS (SELECT 1 FROM content WHERE id = OLD.content_id AND asset_id IS NOT NULL)
BEGIN INSERT OR IGNORE INTO place_change (content_id) VALUES (OLD.content_id); END;

CREATE TRIGGER location_changed AFTER UPDATE OF content_id, missing_since, entry_name ON location
WHEN OLD.content_id IS NOT NULL
  AND (OLD.content_id IS NOT NEW.content_id OR (OLD.missing_since IS NULL) <> (NEW.missing_since IS NULL) OR OLD.entry_name <> NEW.entry_name)
  AND EXISTS (SELECT 1 FROM content WHERE id = OLD.content_id AND asset_id IS NOT NULL)
BEGIN INSERT OR IGNORE INTO place_change (content_id) VALUES (OLD.content_id); END;

-- So that those given before are kept as well.
UPDATE cursor SET position = 0 WHERE name = 'timeline';
