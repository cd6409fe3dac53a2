-- Records a migration. $1 its number. Locks: the migration's transaction.
INSERT INTO journal.schema_version (version) VALUES ($1)
