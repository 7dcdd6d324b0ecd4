-- Since when it lies in the trash, as in facts; so that no listing need look into those.
ALTER TABLE asset ADD COLUMN trashed TEXT;

CREATE INDEX asset_trashed ON asset (trashed, id) WHERE trashed IS NOT NULL;

-- StatementKind: 9 purged.
