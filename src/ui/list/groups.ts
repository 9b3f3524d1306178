import { getOrMake } from '../../core/get-or-make.js';
import type { TargetId } from '../../core/sample.js';
import type { ListFact } from './facts.js';

/** Targets with the same name prefix, under a heading. */
export interface Group {
  name: string;
  members: readonly ListFact[];
  /** Only the heading is shown. */
  folded: boolean;
}

/** A line of the list: a target, or the heading of a group. */
export type ListRow = ListFact | Group;

export function isGroup(row: ListRow): row is Group {
  return 'members' in row;
}

/** The prefix that groups names: `web` of `web-12` and of `web03.example.org`, `10.0.0` of `10.0.0.7`. */
export function prefixOf(name: string): string {
  const host = name.replace(/^([^:]+):\d+$/, '$1');
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':');
  const prefix = isAddress
    ? host.replace(/[.:][^.:]*$/, '')
    : host.replace(/\..*/s, '').replace(/([-_][^-_]*|(?<!\d)\d+)$/, '');
  return prefix || name;
}

/** Each group takes the place of its first member; a group of one has no heading. */
export function groupRows(facts: readonly ListFact[], folded: readonly string[]): ListRow[] {
  const groups = new Map<string, ListFact[]>();
  for (const fact of facts) getOrMake(groups, prefixOf(fact.target.name), () => []).push(fact);
  return [...groups].flatMap(([name, members]): ListRow[] => {
    if (members.length === 1) return members;
    const heading = { name, members, folded: folded.includes(name) };
    return heading.folded ? [heading] : [heading, ...members];
  });
}

export function hasMember({ members }: Group, id: TargetId | undefined): boolean {
  return members.some(({ target }) => target.target === id);
}

/** The targets that the up and down keys step through: a folded group is one step, to its chosen or first member. */
export function stopsOf(rows: readonly ListRow[], chosen: TargetId | undefined): TargetId[] {
  return rows.flatMap(row => {
    if (!isGroup(row)) return row.target.target;
    if (!row.folded) return [];
    return hasMember(row, chosen) ? chosen! : row.members[0]!.target.target;
  });
}
