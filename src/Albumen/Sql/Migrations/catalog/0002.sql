-- A volume is known by its file system and its root folder, not by its path (Storage). identity is JSON in the shape of VolumeIdentity.
ALTER TABLE volume ADD COLUMN identity TEXT;
ALTER TABLE volume ADD COLUMN is_confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE volume ADD COLUMN is_stranger INTEGER NOT NULL DEFAULT 0;

-- A folder that was renamed is found again by its inode and birth. is_elsewhere: another file system is mounted there or above it.
ALTER TABLE folder ADD COLUMN inode INTEGER;
ALTER TABLE folder ADD COLUMN born_ns INTEGER;
ALTER TABLE folder ADD COLUMN is_elsewhere INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folder ADD COLUMN unseen_since INTEGER;

CREATE INDEX folder_inode ON folder (inode) WHERE inode IS NOT NULL;

-- unseen_since: a scan did not find it, and it is not decided yet whether it was moved, is missing, or the volume is in trouble.
-- verified: when its bytes were last found to be those of content_id.
ALTER TABLE location ADD COLUMN unseen_since INTEGER;
ALTER TABLE location ADD COLUMN verified INTEGER;

CREATE INDEX location_inode ON location (inode);
CREATE INDEX location_unseen ON location (folder_id) WHERE unseen_since IS NOT NULL;

-- An asset's contents are its history: the present one is asset.content_id.
ALTER TABLE content ADD COLUMN first_seen INTEGER;

-- How far the verification of a volume is; the last one stays for the record. It is under way while it is neither finished nor stopped,
-- and goes on behind folder_id and name. bytes_per_second: asked for this one; null is as configured.
CREATE TABLE verification (
  volume_id INTEGER PRIMARY KEY REFERENCES volume,
  started INTEGER NOT NULL,
  finished INTEGER,
  is_stopped INTEGER NOT NULL DEFAULT 0,
  bytes_per_second INTEGER,
  folder_id INTEGER NOT NULL DEFAULT 0,
  name BLOB NOT NULL DEFAULT x'',
  files INTEGER NOT NULL DEFAULT 0,
  size_in_bytes INTEGER NOT NULL DEFAULT 0,
  rotted INTEGER NOT NULL DEFAULT 0,
  edited INTEGER NOT NULL DEFAULT 0,
  unreadable INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX location_missing ON location (missing_since) WHERE missing_since IS NOT NULL;
CREATE INDEX folder_unseen ON folder (volume_id) WHERE unseen_since IS NOT NULL;
