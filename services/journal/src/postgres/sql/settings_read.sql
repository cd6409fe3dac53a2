-- What the server promises of its commits. Parameters: none. Locks: none.
SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
    current_setting('server_version_num')::integer
