-- Puts another wrapping of the instance's own key in the place of the one before. ?1 id, ?2 scope, ?3 wrapped, ?4 the row's sum.
-- Locks: the writer's transaction; secure_delete zeroes the old one.
UPDATE keys SET wrapped = ?3, sum = ?4 WHERE id = ?1 AND organisation = '' AND scope = ?2 AND wrapped_by IS NULL AND length(wrapped) > 0
