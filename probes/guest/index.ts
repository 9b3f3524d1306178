import { unknownName } from '../../src/core/format/nearest-name.js';
import { safeJson } from '../../src/core/format/safe-json.js';
import { azure } from './azure.js';
import { clocks } from './clocks.js';
import { ec2 } from './ec2.js';
import { gcp } from './gcp.js';
import { openstack } from './openstack.js';
import type { GuestSource } from './source.js';
import { steal } from './steal.js';
import { vmclock } from './vmclock.js';

/** Everything that `migwatch guest` can look at. */
export const guestSources: readonly GuestSource[] = [vmclock, clocks, steal, gcp, azure, ec2, openstack];

/** A source and where to read it. */
export interface SourceChoice {
  source: GuestSource;
  where: string;
  /** The user named it. */
  named: boolean;
}

/**
 * The sources of `--source NAME[=WHERE]`, besides those that ask no other machine. Throws a RangeError that says what is
 * wrong.
 */
export function chooseSources(texts: readonly string[]): SourceChoice[] {
  const named = texts.map(chooseSource);
  const twice = named.find(({ source }, index) => named.findIndex(other => other.source === source) < index);
  if (twice) throw new RangeError(`the source ${twice.source.name} is named twice: name it once`);
  const others = guestSources.filter(
    source => !source.asksOthers && !named.some(choice => choice.source === source),
  );
  return [...named, ...others.map(source => ({ source, where: source.where, named: false }))];
}

function chooseSource(text: string): SourceChoice {
  const [, name = '', where] = /^([^=]*)(?:=(.+))?$/s.exec(text) ?? [];
  const source = guestSources.find(candidate => candidate.name === name);
  if (!source)
    throw unknownName(
      'source',
      name,
      guestSources.map(each => each.name),
    );
  if (where === undefined) return { source, where: source.where, named: true };
  if (source.asksOthers && !isBase(where))
    throw new RangeError(
      `${safeJson(where)} is not the URL of a metadata service: write ${name}=http://host:port`,
    );
  return { source, where: source.asksOthers ? new URL(where).origin : where, named: true };
}

function isBase(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
