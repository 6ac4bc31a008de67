-- What lists of a large network read: an office's cases that wait for somebody, and a worker's own open cases.

CREATE INDEX case_file_waiting ON case_file (controller_id, office_id, opened_at, id)
    WHERE worker_id IS NULL AND status <> 'closed';
CREATE INDEX case_file_mine ON case_file (controller_id, worker_id, opened_at, id) WHERE status <> 'closed';
