-- Finds a chunk of a file that is not gone. $1 digest, $2 number. Locks: a read snapshot.
SELECT c.ciphertext FROM journal.files f JOIN journal.chunks c ON c.file = f.seq
WHERE f.digest = $1 AND f.gone = 0 AND c.number = $2
