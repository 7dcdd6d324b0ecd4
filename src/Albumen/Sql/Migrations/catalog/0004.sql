-- Albums, smart albums and the folders of tags are statements (Catalog, StatementKind): 5 album, 6 entry, 7 smart, 8 tag folder.
CREATE INDEX statement_entry ON statement (json_extract(value, '$.asset'), asset) WHERE kind = 6;
CREATE INDEX statement_album ON statement (field, value) WHERE kind = 5;
CREATE INDEX statement_smart ON statement (asset, field) WHERE kind = 7;
CREATE INDEX statement_tag ON statement (field) WHERE kind = 8;

-- So that it costs one look to see whether they are what they were, and when an album was last changed.
CREATE INDEX change_arranged ON change (operation) WHERE kind IN (5, 7, 8);
CREATE INDEX change_album ON change (asset, operation) WHERE kind IN (5, 6);

-- In which folders of the views that are made of what is known of photos (Tags, People, Places, Ratings) each photo stands (Tree). key: of the path below
-- the view, folders parted by U+0001, so that all below a folder stands right behind it. path: as it is shown. folder and entry_key: of the timeline.
CREATE TABLE facet (
  view TEXT NOT NULL,
  key TEXT NOT NULL,
  folder TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  asset_id INTEGER NOT NULL REFERENCES asset,
  path TEXT NOT NULL,
  PRIMARY KEY (view, key, folder, entry_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX facet_asset ON facet (asset_id);

-- So that the photos that are placed already are noted there.
UPDATE cursor SET position = 0 WHERE name = 'timeline';
