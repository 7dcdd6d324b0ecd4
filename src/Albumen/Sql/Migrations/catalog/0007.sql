-- What is to be made stands beside what was made, so that "what is missing?" is one question. The states: 'made'; 'wanted', to be made ahead;
-- 'dropped', for which the cache had no room, made again when somebody asks; 'failed', not tried again before the recipe or the decoders change.
ALTER TABLE derivative ADD COLUMN state TEXT NOT NULL DEFAULT 'made';
-- The day, since 1970, on which it was last looked at.
ALTER TABLE derivative ADD COLUMN used INTEGER NOT NULL DEFAULT 0;

CREATE INDEX derivative_wanted ON derivative (kind, content_id) WHERE state = 'wanted';
-- What may be dropped, the least used first and of those the largest: thumbnails stay.
CREATE INDEX derivative_used ON derivative (used, size_in_bytes DESC) WHERE state = 'made' AND kind <> 'thumbnail';

-- What a clip's picture is made by has a name of its own.
UPDATE derivative SET kind = 'poster', recipe = 0 WHERE kind = 'preview' AND content_id IN (SELECT id FROM content WHERE kind = 'video');

-- What the picture alone tells (Derivatives): how sharp it is, which pictures look like it, its colour.
CREATE TABLE analysis (
  content_id INTEGER PRIMARY KEY REFERENCES content,
  recipe INTEGER NOT NULL,
  sharpness REAL NOT NULL,
  look INTEGER NOT NULL,
  colour INTEGER NOT NULL
) STRICT;
