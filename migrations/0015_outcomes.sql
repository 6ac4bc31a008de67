-- What came of a case, as its code, so that figures can count it without opening a record. Entries of before have none.
ALTER TABLE case_entry ADD COLUMN outcome TEXT;
