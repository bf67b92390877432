-- Who sent an alert, by the address that it came to: 0 is Alertmanager, 3 Grafana. Those of earlier versions came from
-- Alertmanager as far as anybody knows.
ALTER TABLE event ADD COLUMN sender INTEGER NOT NULL DEFAULT 0;
