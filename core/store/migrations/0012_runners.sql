-- How each process's runner does, so that any process can tell.

CREATE TABLE runner_sign (
    owner TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    jobs TEXT NOT NULL,
    lateness TEXT NOT NULL
);
