import type { Light, MigrationEvent } from '../../core/event.js';
import { kindWord } from '../../core/format/kind.js';
import { type NamedTarget, named } from '../../core/format/target-name.js';
import { printable } from '../../core/format/text.js';
import type { TargetId } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import type { ListFact } from '../list/facts.js';
import { groupRows, isGroup } from '../list/groups.js';
import type { List } from '../list/list.js';
import type { ViewInputs } from './inputs.js';
import { lightOf } from './light.js';

/** All targets as cells, under headings of their groups. */
export interface WallView {
  /** The cells of a target each. */
  cellWidth: number;
  lines: readonly WallLine[];
  /** The lines of cells, for the arrow keys. */
  rows: readonly (readonly TargetId[])[];
  chosen: (NamedTarget & { light: Light; why: string }) | undefined;
}

export type WallLine = { title: string; size: number } | { cells: readonly WallCell[] };

export interface WallCell {
  target: TargetId;
  light: Light;
  /** The first letter of the kind of its event while its light is not green. */
  letter: string;
  chosen: boolean;
}

/** Shape, letter and a space; without the space; the shape alone. */
const CELL_WIDTHS = [3, 2, 1] as const;

/** The wall in a box of this size: the widest cells with which all targets fit, else the part around the chosen one. */
export function wallOf(
  moment: ViewInputs,
  { matching }: List,
  chosen: TargetInfo | undefined,
  { width, height }: { width: number; height: number },
): WallView {
  const sections = sectionsOf(matching);
  const linesOf = (cellWidth: number) => sections.flatMap(section => sectionLines(section, width, cellWidth));
  const cellWidth = CELL_WIDTHS.find(each => linesOf(each).length <= height) ?? 1;
  const all = linesOf(cellWidth);
  const at = all.findIndex(line => 'facts' in line && line.facts.some(isOf(chosen)));
  const first = Math.max(0, Math.min(all.length - height, at - Math.floor(height / 2)));
  const kinds = newestKinds(moment);
  const lines = all.slice(first, first + height).map((line): WallLine => {
    if (!('facts' in line)) return line;
    const cells = line.facts.map(({ target: { target }, light }) => ({
      ...{ target, light, chosen: target === chosen?.target },
      letter: light === 'green' ? '' : (kinds.get(target)?.[0]?.toUpperCase() ?? ''),
    }));
    return { cells };
  });
  return {
    cellWidth,
    lines,
    rows: all.flatMap(line => ('facts' in line ? [line.facts.map(({ target }) => target.target)] : [])),
    chosen: chosen && chosenOf(moment, chosen),
  };
}

interface Section {
  title: string;
  facts: readonly ListFact[];
}

/** Groups by name prefix, and in the end all targets without a group. */
function sectionsOf(matching: readonly ListFact[]): Section[] {
  const rows = groupRows(matching, []);
  const groups = rows.filter(isGroup);
  const grouped = new Set(groups.flatMap(({ members }) => members));
  const others = matching.filter(fact => !grouped.has(fact));
  return [
    ...groups.map(({ name, members }) => ({ title: printable(name), facts: members })),
    ...(others.length > 0 ? [{ title: groups.length > 0 ? 'others' : 'targets', facts: others }] : []),
  ];
}

function sectionLines(
  { title, facts }: Section,
  width: number,
  cellWidth: number,
): ({ title: string; size: number } | { facts: readonly ListFact[] })[] {
  const columns = Math.max(1, Math.floor((width - 1) / cellWidth));
  const count = Math.ceil(facts.length / columns);
  const rows = Array.from({ length: count }, (_, row) => facts.slice(row * columns, (row + 1) * columns));
  return [{ title, size: facts.length }, ...rows.map(each => ({ facts: each }))];
}

function isOf(chosen: TargetInfo | undefined): (fact: ListFact) => boolean {
  return ({ target }) => target.target === chosen?.target;
}

function newestKinds({ state }: ViewInputs): Map<TargetId, string> {
  const kinds = new Map<TargetId, string>();
  const newest: readonly { event: MigrationEvent }[] = state.events.newestFirst();
  for (const { event } of newest) if (!kinds.has(event.target)) kinds.set(event.target, kindWord(event));
  return kinds;
}

function chosenOf({ state, info, now }: ViewInputs, target: TargetInfo): WallView['chosen'] {
  const { light, why } = lightOf(state.of(target.target), info, now);
  return { ...named(target), light, why: printable(why) };
}
