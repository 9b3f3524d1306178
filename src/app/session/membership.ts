import type { TargetChange } from '../../core/session.js';
import type { RecordSwitch } from '../../recording/record-switch.js';
import type { SessionEngine } from '../../session/engine.js';
import type { Frontend } from './frontend.js';
import type { Alerts } from './open-alerts.js';

/** Whoever has to know when a target comes, changes or leaves. */
interface MembershipPorts {
  session: SessionEngine;
  recording: RecordSwitch;
  alerts: Alerts;
  /** Undefined while it is not open: it begins with all there are. */
  face(): Frontend | undefined;
}

/** A target that came, changed or left is told to judgement, recording and face in one breath. */
export function membership({
  session,
  recording,
  alerts,
  face,
}: MembershipPorts): (change: TargetChange) => void {
  const left = ({ at, info: { target } }: TargetChange) => {
    const events = session.remove({ at, target });
    for (const event of events) recording.add({ type: 'event', data: event });
    recording.add({ type: 'removed', data: { at, target } });
    alerts.take({ events });
    return events;
  };
  const stays = ({ at, info }: TargetChange) => {
    session.tally.of(info.target);
    recording.add({ type: 'target', data: { at, info } });
    return [];
  };
  return change => {
    const over = change.action === 'removed' ? left(change) : stays(change);
    face()?.target?.(change, over);
  };
}
