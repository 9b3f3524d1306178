/**
 * Google Compute Engine: `maintenance-event` of the instance is NONE, MIGRATE_ON_HOST_MAINTENANCE from about 60 s before a
 * live migration until its end, or TERMINATE_ON_HOST_MAINTENANCE. A request hangs until the value differs from `last_etag`.
 * Reference: cloud.google.com/compute/docs/metadata/getting-live-migration-notice.
 */
import { askMetadata, textOf } from './metadata.js';
import type { GuestSource } from './source.js';

const PATH = '/computeMetadata/v1/instance/maintenance-event';
/** How long the service lets a request hang, and how much later it is given up. */
const HANG_S = 60;
const TIMEOUT_MS = (HANG_S + 10) * 1000;
/** Between two requests: an answer that comes at once again and again is no reason to ask at once. */
const PERIOD_MS = 200;
const ID = 'gcp';

export const gcp: GuestSource = {
  name: 'gcp',
  summary: 'Google Cloud announces live migrations about 60 s ahead',
  where: 'http://metadata.google.internal',
  asksOthers: true,
  announces: true,
  check: () => {},
  create(where) {
    let etag = '0';
    let what = 'NONE';
    return {
      periodMs: PERIOD_MS,
      async look(report, signal) {
        const url = `${where}${PATH}?wait_for_change=true&timeout_sec=${HANG_S}&last_etag=${encodeURIComponent(etag)}`;
        const headers = { 'metadata-flavor': 'Google' };
        const answer = await askMetadata(url, { headers, timeoutMs: TIMEOUT_MS, signal });
        if (answer.status !== 200) throw new Error(`${where} answers with status ${answer.status}, not 200`);
        // Anybody else who answers at that name lacks it.
        if (answer.headers['metadata-flavor'] !== 'Google')
          throw new Error(`${where} is not the metadata service of Google Cloud: no Metadata-Flavor header`);
        etag = textOf(answer.headers.etag) || '0';
        const now = textOf(answer.body.trim());
        if (now === what) return;
        if (what !== 'NONE') report({ finding: 'over', id: ID, what });
        if (now !== 'NONE') report({ finding: 'announced', id: ID, what: now });
        what = now;
      },
    };
  },
};
