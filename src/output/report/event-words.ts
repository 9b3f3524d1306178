import { boundedDuration, duration } from '../../core/format/duration.js';
import type { EventPicture } from './survey.js';
import { timeOf } from './time-axis.js';

/** What a figure shows, in sentences, for those who do not see it. Text from outside is not escaped here. */
export function figureWords({ event, detail, page }: EventPicture): string {
  const { excerpt, blackout, stops } = detail!;
  const echoes = excerpt.echoes.filter(
    ({ at }) => at >= event.startedAt && at <= (event.endedAt ?? Infinity),
  );
  const lost = echoes.filter(({ rttMs }) => rttMs === undefined).length;
  const frames = excerpt.frames.filter(({ at }) => at >= event.startedAt);
  return [
    `${page.kind} of ${page.name} at ${timeOf(event.startedAt, true)} UTC.`,
    lost > 0 ? `${lost} ${lost === 1 ? 'probe is' : 'probes are'} lost.` : 'No probe is lost.',
    event.freezeMs === undefined ? '' : `The guest clock falls behind by ${duration(event.freezeMs)}.`,
    frames.length > 0 ? `${frames.length} unasked announcements follow.` : '',
    event.blackoutMs ? `The blackout is ${boundedDuration(event.blackoutMs)}.` : '',
    blackout && blackout.errorMs >= 1 && blackout.by === 'echoes'
      ? `The band lies in the middle of the stretch without an answer; it may begin ${duration(blackout.errorMs)} earlier or later.`
      : '',
    blackout?.by === 'hypervisor' ? 'The band is where the hypervisor reported STOP and RESUME.' : '',
    ...stops.map(
      ({ word, at, by }) =>
        `${by === 'truth' ? 'Labels have' : 'The hypervisor reports'} ${word} at ${new Date(at).toISOString().slice(-13, -1)}.`,
    ),
    excerpt.dropped > 0 ? `${excerpt.dropped} samples were too many for this figure and are not shown.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
