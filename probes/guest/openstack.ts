/**
 * OpenStack: the metadata of the instance announce nothing, but what they say of its place changes when it moves: the
 * availability zone, and the host processors that a pinned VM runs on (`dedicated_cpus`, since 2020-10-14). Another `uuid` is
 * another instance: this one is a copy.
 * Reference: docs.openstack.org/nova/latest/user/metadata.html.
 */
import { isRecord } from '../../src/core/validation/shape.js';
import { askMetadata, jsonOf, textOf } from './metadata.js';
import type { GuestSource } from './source.js';

const PATH = '/openstack/latest/meta_data.json';
const PERIOD_MS = 10_000;
const TIMEOUT_MS = 5000;

interface Place {
  uuid: string;
  zone: string;
  processors: string;
}

export const openstack: GuestSource = {
  name: 'openstack',
  summary: 'OpenStack metadata: another zone, other host processors, another identity',
  where: 'http://169.254.169.254',
  asksOthers: true,
  announces: false,
  check: () => {},
  create(where) {
    const url = where + PATH;
    let before: Place | undefined;
    return {
      periodMs: PERIOD_MS,
      async look(report, signal) {
        const answer = await askMetadata(url, { headers: {}, timeoutMs: TIMEOUT_MS, signal });
        const now = placeOf(url, jsonOf(url, answer));
        if (before && now.uuid !== before.uuid) report({ finding: 'restored' });
        if (before && now.zone !== before.zone)
          report({ finding: 'moved', what: `zone ${before.zone} → ${now.zone}` });
        if (before && now.processors !== before.processors)
          report({ finding: 'moved', what: `host processors ${before.processors} → ${now.processors}` });
        before = now;
      },
    };
  },
};

function placeOf(url: string, document: unknown): Place {
  if (!isRecord(document)) throw new Error(`${url} answers with something other than an object`);
  const { uuid, availability_zone, dedicated_cpus } = document as Record<string, unknown>;
  if (textOf(uuid) === '') throw new Error(`${url} names no uuid`);
  return {
    uuid: textOf(uuid),
    zone: textOf(availability_zone),
    processors: Array.isArray(dedicated_cpus) ? textOf(dedicated_cpus.join(' ')) : '',
  };
}
