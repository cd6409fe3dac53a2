-- Begins what brings the tables up. Parameters: none. Locks: the file, for whoever would write.
BEGIN IMMEDIATE
