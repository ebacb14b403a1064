-- Corrections and retractions of a row, which wait for it while nobody knows whether it arrived.
CREATE INDEX outbox_replacing ON outbox (about) WHERE action = 'post' AND kind IN ('correction', 'retraction');
