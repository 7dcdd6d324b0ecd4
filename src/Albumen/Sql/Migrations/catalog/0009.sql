-- When photos last came into other folders of /Quality although nobody changed them. what: 'analysis', a picture was analysed; 'configuration', the
-- configured thresholds are others, value says which.
CREATE TABLE quality_change (
  what TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Width by height; before 0 was a look that means nothing there was none.
ALTER TABLE analysis ADD COLUMN ratio REAL NOT NULL DEFAULT 1;
