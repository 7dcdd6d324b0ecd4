-- The few jobs that failed, among the many that wait.
CREATE INDEX job_failed ON job (kind, priority DESC, id) WHERE attempts > 0;
