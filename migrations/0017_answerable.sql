-- Who is answerable on each letter and pack; recipients that the directory does not have; details of people that do not
-- say where they came from.

-- The register's ids of the controllers that the letter names. None on what was made before this was recorded.
ALTER TABLE message ADD COLUMN answerable TEXT;
ALTER TABLE request_pack ADD COLUMN answerable TEXT;

-- How many of the recipients named in it are not entries of the directory: each is to be mended.
ALTER TABLE permission ADD COLUMN unlisted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE disclosure ADD COLUMN unlisted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE recipient_telling ADD COLUMN unlisted BIGINT NOT NULL DEFAULT 0;

-- How many of a person's details do not say where they came from; none where nobody has counted yet.
ALTER TABLE person ADD COLUMN unsourced BIGINT;
