-- Tokens of 64 bits are kept as numbers: half the room of a tsvector of 13 characters each, and a smaller index.
-- A token's characters are digits of base 32, the lowest first, of which the last stands for 4 bits.
DROP INDEX search_entry_people;
DROP INDEX search_entry_tokens;
CREATE FUNCTION pg_temp.token_numbers(vector TSVECTOR) RETURNS BIGINT[] LANGUAGE SQL IMMUTABLE AS $$
    SELECT coalesce(array_agg(number ORDER BY number), '{}')
    FROM (SELECT right(string_agg((strpos('abcdefghijklmnopqrstuvwxyz234567', digit) - 1)::bit(5)::text, ''
                                  ORDER BY place DESC), 64)::bit(64)::bigint AS number
          FROM unnest(tsvector_to_array(vector)) AS token,
               regexp_split_to_table(token, '') WITH ORDINALITY AS digits (digit, place)
          GROUP BY token) AS numbers
$$;
ALTER TABLE search_entry ALTER COLUMN tokens TYPE BIGINT[] USING pg_temp.token_numbers(tokens);
CREATE INDEX search_entry_tokens ON search_entry USING GIN (tokens);
CREATE INDEX search_entry_people ON search_entry USING GIN (tokens) WHERE kind = 'person';

-- The tree's lowest hashes follow from few entries each: from here on they are computed, not kept.
DELETE FROM audit_hash WHERE level < 3;
