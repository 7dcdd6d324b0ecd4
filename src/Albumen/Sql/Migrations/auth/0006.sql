-- When somebody last came in with it. Null: nobody did since this is noted.
ALTER TABLE app_password ADD COLUMN used INTEGER;
