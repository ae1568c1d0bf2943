-- SPDX-FileCopyrightText: DataCity contributors
-- SPDX-License-Identifier: EUPL-1.2
--
-- Two roles and a database, made by a superuser once:
--   psql -v ON_ERROR_STOP=1 -v owner_password=… -v work_password=… -f deploy/postgresql/roles.sql
-- The owner makes and migrates the tables and is used by `prepare` alone; the role that works reads and adds, and cannot
-- take away what keeps the journal append-only. Its rights on each table are given by `prepare` after every migrate.
CREATE ROLE datacity_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE datacity_work LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'work_password';
CREATE DATABASE datacity OWNER datacity_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE datacity FROM PUBLIC;
GRANT CONNECT ON DATABASE datacity TO datacity_work;
\connect datacity
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO datacity_owner;
GRANT USAGE ON SCHEMA public TO datacity_work;
