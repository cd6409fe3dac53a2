-- Ends what brings the tables up, once everything was found to be as it should be. Parameters: none. Locks: none.
COMMIT
