-- Allows every kind of plan to the end of the transaction: whole tables are read. Parameters: none. Locks: none.
SELECT set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true),
    set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true),
    set_config('plan_cache_mode', 'auto', true)
