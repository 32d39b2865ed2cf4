-- Run in the new database by its superuser. `flask init` works as handoff_owner and makes the tables; everything
-- else works as handoff, which reads and writes rows: it can make, change and empty no table, and cannot
-- take the triggers away that keep the journal as it was written.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO handoff_owner;
GRANT USAGE ON SCHEMA public TO handoff;
ALTER DEFAULT PRIVILEGES FOR ROLE handoff_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO handoff;
ALTER DEFAULT PRIVILEGES FOR ROLE handoff_owner IN SCHEMA public
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO handoff;
