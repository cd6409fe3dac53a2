-- Records an event type's first use. ?1 kind, ?2 position. Locks: the writer's transaction.
INSERT OR IGNORE INTO kinds (kind, position) VALUES (?1, ?2)
