/** What tests of other packages need of databases: a PostgreSQL server of their own. */
export { missingServer, PASSWORD, PostgresServer } from './postgres-server.ts';
