import type { Light } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { SessionState } from '../model/state.js';
import { lightOf } from './light.js';
import { isMoving } from './moving.js';

export interface TitleView {
  version: string;
  runningMs: Millis;
  lights: Record<Light, number>;
  /** Targets whose migration runs, as a hypervisor reports it. */
  moving: number;
}

export function titleOf(state: SessionState, info: SessionInfo, now: Millis): TitleView {
  const lights = { green: 0, amber: 0, red: 0 };
  for (const { target } of info.targets) lights[lightOf(state.of(target), info, now).light]++;
  const moving = info.targets.filter(({ target }) => isMoving(state.of(target), now)).length;
  return { moving, version: printable(info.version), runningMs: now - info.startedAt, lights };
}
