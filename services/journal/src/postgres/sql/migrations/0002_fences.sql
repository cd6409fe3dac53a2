-- Stops whoever tries to change what was written, the owner too: the second fence behind the service's privileges.
-- Parameters: none. Locks: runs once, in the owner's transaction that records this version.

CREATE FUNCTION journal.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'journal.% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'IJ002';
END
$$;

CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON journal.entries
    FOR EACH ROW EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER entries_stay_all BEFORE TRUNCATE ON journal.entries
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER tiles_stay BEFORE UPDATE OR DELETE ON journal.tiles
    FOR EACH ROW EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER tiles_stay_all BEFORE TRUNCATE ON journal.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER empty_commands_stay BEFORE UPDATE OR DELETE ON journal.empty_commands
    FOR EACH ROW EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER empty_commands_stay_all BEFORE TRUNCATE ON journal.empty_commands
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER sources_stay BEFORE UPDATE OR DELETE ON journal.sources
    FOR EACH ROW EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER sources_stay_all BEFORE TRUNCATE ON journal.sources
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER organisations_stay BEFORE UPDATE OR DELETE ON journal.organisations
    FOR EACH ROW EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER quarantine_stay BEFORE UPDATE OR DELETE ON journal.quarantine
    FOR EACH ROW EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER quarantine_stay_all BEFORE TRUNCATE ON journal.quarantine
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
CREATE TRIGGER organisations_stay_all BEFORE TRUNCATE ON journal.organisations
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
