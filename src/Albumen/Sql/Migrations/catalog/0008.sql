-- Which photos and clips belong together (Catalog.Stacks). All of it follows from the files, the statements and the rules, and can be made anew.
-- What those have in common that may belong together, as a hash: the name in one folder, an identifier.
CREATE TABLE stack_key (
  key INTEGER NOT NULL,
  asset_id INTEGER NOT NULL REFERENCES asset,
  PRIMARY KEY (key, asset_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX stack_key_asset ON stack_key (asset_id);

-- cover_id: of the one that stands for the stack in computed views; its own for that one.
CREATE TABLE stack_member (
  asset_id INTEGER PRIMARY KEY REFERENCES asset,
  stack TEXT NOT NULL,
  role TEXT NOT NULL,
  rule TEXT NOT NULL,
  cover_id INTEGER NOT NULL REFERENCES asset
) STRICT;

CREATE INDEX stack_member_stack ON stack_member (stack);

-- Photos that lie at other places since they were looked at: as soon as these are known, see place_change.
CREATE TABLE stack_change (content_id INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER place_described AFTER DELETE ON place_change
BEGIN INSERT OR IGNORE INTO stack_change (content_id) VALUES (OLD.content_id); END;

-- That a photo belongs to no other changes nothing that is known of it, so no revision tells.
CREATE TRIGGER stack_stated AFTER INSERT ON statement WHEN NEW.kind = 0 AND NEW.field = 'stack'
BEGIN INSERT OR IGNORE INTO stack_change (content_id) SELECT content_id FROM asset WHERE uid = NEW.asset; END;

CREATE TRIGGER stack_restated AFTER UPDATE ON statement WHEN NEW.kind = 0 AND NEW.field = 'stack'
BEGIN INSERT OR IGNORE INTO stack_change (content_id) SELECT content_id FROM asset WHERE uid = NEW.asset; END;

CREATE TRIGGER stack_unstated AFTER DELETE ON statement WHEN OLD.kind = 0 AND OLD.field = 'stack'
BEGIN INSERT OR IGNORE INTO stack_change (content_id) SELECT content_id FROM asset WHERE uid = OLD.asset; END;
