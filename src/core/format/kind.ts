import type { MigrationEvent } from '../event.js';

/**
 * The kind of an event for a person. A red event that echoes alone saw is a migration in all likelihood: its kind in lines
 * and files is `unclear`, a word that contradicts a red light.
 */
export function kindWord({ kind, red }: Pick<MigrationEvent, 'kind' | 'red'>): string {
  return kind === 'unclear' && red ? 'migration?' : kind;
}
