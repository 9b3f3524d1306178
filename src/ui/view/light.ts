import type { Light } from '../../core/event.js';
import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { TargetState } from '../model/state.js';

/** The light and its reason; never green without measurements. */
export function lightOf(
  { light, lastOutcomeAt: heardAt, trouble }: TargetState,
  { startedAt, timeoutMs, intervalMs }: SessionInfo,
  now: Millis,
): { light: Light; why: string; at?: Millis } {
  if (trouble !== undefined) return { light: 'amber', why: trouble };
  const silentSince = Math.max(heardAt, startedAt);
  const silent = now - silentSince > Math.max(timeoutMs, 3 * intervalMs) + NOT_MEASURED_MS;
  if (silent && light?.light !== 'red') return { light: 'amber', why: 'no measurements', at: silentSince };
  return light ?? { light: 'green', why: '' };
}

const NOT_MEASURED_MS: Millis = 2000;
