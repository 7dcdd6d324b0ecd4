-- What is known against one copy of a photo is asked whenever copies are weighed against each other.
CREATE INDEX problem_file ON problem (folder_id, name) WHERE folder_id IS NOT NULL;
