/**
 * Amazon EC2: scheduled events of the instance, by IMDSv2: a token first, then the list. EC2 announces reboots, stops and
 * retirements; it does not announce live migrations.
 * Reference: docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_scheduled_events.html and configuring-IMDS-use-IMDSv2.
 */
import { isRecord } from '../../src/core/validation/shape.js';
import { askMetadata, jsonOf, textOf } from './metadata.js';
import type { GuestSource } from './source.js';

const TOKEN = '/latest/api/token';
const EVENTS = '/latest/meta-data/events/maintenance/scheduled';
const TOKEN_S = 21_600;
const PERIOD_MS = 10_000;
const TIMEOUT_MS = 5000;
const MAX_EVENTS = 100;

export const ec2: GuestSource = {
  name: 'ec2',
  summary: 'EC2 scheduled events: reboots, stops and retirements (live migrations are not announced)',
  where: 'http://169.254.169.254',
  asksOthers: true,
  announces: true,
  check: () => {},
  create(where) {
    let token = '';
    let known = new Map<string, string>();
    const events = async (signal: AbortSignal) => {
      token ||= await tokenOf(where, signal);
      const headers = { 'x-aws-ec2-metadata-token': token };
      return askMetadata(where + EVENTS, { headers, timeoutMs: TIMEOUT_MS, signal });
    };
    return {
      periodMs: PERIOD_MS,
      async look(report, signal) {
        let answer = await events(signal);
        if (answer.status === 401) {
          token = '';
          answer = await events(signal);
        }
        // Without events there may be no list.
        const list = answer.status === 404 ? [] : jsonOf(where + EVENTS, answer);
        if (!Array.isArray(list)) throw new Error(`${where}${EVENTS} answers without a list`);
        const now = new Map<string, string>();
        for (const event of list.filter(isRecord).slice(0, MAX_EVENTS)) {
          const [id, what] = [textOf(event.EventId), textOf(event.Code)];
          if (event.State !== 'active') continue;
          now.set(id, what);
          const notBefore = textOf(event.NotBefore);
          if (!known.has(id)) report({ finding: 'announced', id, what, ...(notBefore && { notBefore }) });
        }
        for (const [id, what] of known) if (!now.has(id)) report({ finding: 'over', id, what });
        known = now;
      },
    };
  },
};

async function tokenOf(where: string, signal: AbortSignal): Promise<string> {
  const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_S) };
  const { status, body } = await askMetadata(where + TOKEN, {
    ...{ method: 'PUT' as const, headers, timeoutMs: TIMEOUT_MS, signal },
  });
  if (status !== 200 || !/^[\x21-\x7e]{1,1000}$/.test(body))
    throw new Error(`${where}${TOKEN} gives no token: status ${status}`);
  return body;
}
