/** How the content of a stream is protected from those who see it. */
export const PROTECTIONS = ['clear', 'tls', 'esp', 'wireguard', 'ssh', 'unknown'] as const;
export type Protection = (typeof PROTECTIONS)[number];

/**
 * `yes`: read in the stream; `likely`: it is protected, and its ends, port and shape are those of a migration; `no`: something
 * else, or nothing that speaks for a migration.
 */
export const MIGRATION_ANSWERS = ['yes', 'likely', 'no'] as const;
export type MigrationAnswer = (typeof MIGRATION_ANSWERS)[number];
