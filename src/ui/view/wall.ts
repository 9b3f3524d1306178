import type { Light, MigrationEvent } from '../../core/event.js';
import { kindWord } from '../../core/format/kind.js';
import { type NamedTarget, named } from '../../core/format/target-name.js';
import { printable } from '../../core/format/text.js';
import { getOrMake } from '../../core/get-or-make.js';
import { hostOfConnection } from '../../core/hypervisor/host-name.js';
import type { TargetId } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import type { ListFact } from '../list/facts.js';
import { prefixOf } from '../list/groups.js';
import type { List } from '../list/list.js';
import type { WallGrouping } from '../model/controls.js';
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
  by: WallGrouping,
  { width, height }: { width: number; height: number },
): WallView {
  const sections = SECTIONS[by](matching, moment);
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

/** The sections of each way to group. */
const SECTIONS: Record<WallGrouping, (facts: readonly ListFact[], moment: ViewInputs) => Section[]> = {
  name: byName,
  host: byHost,
};

/** By the beginning of the name, and in the end all targets without a group. */
function byName(facts: readonly ListFact[]): Section[] {
  const groups = grouped(facts, ({ target }) => prefixOf(target.name));
  const shared = groups.filter(({ facts }) => facts.length > 1);
  const others = groups.filter(({ facts }) => facts.length === 1).flatMap(({ facts }) => facts);
  const title = shared.length > 0 ? 'others' : 'targets';
  return others.length > 0 ? [...shared, { title, facts: others }] : shared;
}

/** By the host where each runs, and in the end those of which it is not known. */
function byHost(facts: readonly ListFact[], { state }: ViewInputs): Section[] {
  const host = ({ target: { target, name } }: ListFact) => hostOf(name, state.of(target).jobs?.host);
  const known = grouped(
    facts.filter(fact => host(fact) !== undefined),
    fact => host(fact)!,
  );
  const unknown = facts.filter(fact => host(fact) === undefined);
  const title = known.length > 0 ? 'host unknown' : 'host unknown: use --hypervisor or labels HOST/NAME';
  return unknown.length > 0 ? [...known, { title, facts: unknown }] : known;
}

/** As its hypervisor reports it, else as its label HOST/NAME says. */
function hostOf(name: string, connection: string | undefined): string | undefined {
  if (connection !== undefined) return hostOfConnection(connection);
  return /^([^/]+)\/./.exec(name)?.[1];
}

function grouped(facts: readonly ListFact[], keyOf: (fact: ListFact) => string): Section[] {
  const groups = new Map<string, ListFact[]>();
  for (const fact of facts) getOrMake(groups, keyOf(fact), () => []).push(fact);
  return [...groups].map(([title, members]) => ({ title: printable(title), facts: members }));
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
