/**
 * Azure Scheduled Events: a list of events for the VMs of a set, each Scheduled, then Started, then gone. A Freeze is a pause
 * of some seconds, as at a live migration. The first request may take two minutes, since it enables the service. Events are
 * never approved here: that would start them.
 * Reference: learn.microsoft.com/azure/virtual-machines/linux/scheduled-events, version 2020-07-01.
 */
import { isRecord } from '../../src/core/validation/shape.js';
import { askMetadata, jsonOf, textOf } from './metadata.js';
import type { GuestSource } from './source.js';

const PATH = '/metadata/scheduledevents?api-version=2020-07-01';
const PERIOD_MS = 1000;
const FIRST_TIMEOUT_MS = 150_000;
const TIMEOUT_MS = 10_000;
const MAX_EVENTS = 100;

interface Event {
  id: string;
  what: string;
  status: string;
  notBefore: string;
}

export const azure: GuestSource = {
  name: 'azure',
  summary: 'Azure Scheduled Events: freezes, reboots and redeployments',
  where: 'http://169.254.169.254',
  asksOthers: true,
  announces: true,
  check: () => {},
  create(where) {
    const url = `${where}${PATH}`;
    let known = new Map<string, Event>();
    let timeoutMs = FIRST_TIMEOUT_MS;
    return {
      periodMs: PERIOD_MS,
      async look(report, signal) {
        const answer = await askMetadata(url, { headers: { metadata: 'true' }, timeoutMs, signal });
        const events = eventsOf(url, jsonOf(url, answer));
        timeoutMs = TIMEOUT_MS;
        for (const { id, what, status, notBefore } of events.values()) {
          const before = known.get(id)?.status;
          if (before === undefined)
            report({ finding: 'announced', id, what, ...(notBefore && { notBefore }) });
          if (status === 'Started' && before !== 'Started') report({ finding: 'started', id, what });
        }
        for (const { id, what } of known.values()) if (!events.has(id)) report({ finding: 'over', id, what });
        known = events;
      },
    };
  },
};

function eventsOf(url: string, document: unknown): Map<string, Event> {
  const list = isRecord(document) ? (document as Record<string, unknown>).Events : undefined;
  if (!Array.isArray(list)) throw new Error(`${url} answers without a list of Events`);
  return new Map(
    list
      .filter(isRecord)
      .slice(0, MAX_EVENTS)
      .map((event: Record<string, unknown>) => {
        const [id, what] = [textOf(event.EventId), textOf(event.EventType)];
        const seconds = event.DurationInSeconds;
        const length = typeof seconds === 'number' && seconds >= 0 ? ` of ${seconds} s` : '';
        return [
          id,
          { id, what: what + length, status: textOf(event.EventStatus), notBefore: textOf(event.NotBefore) },
        ];
      }),
  );
}
