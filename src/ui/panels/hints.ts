import { type Action, hintsOf, type Key } from '../keys/keys.js';
import type { View } from '../view/view.js';

/** A situation, the actions that matter most in it, and those that do nothing there. */
interface Situation {
  holds(view: View): boolean;
  first?: readonly Action[];
  idle?: readonly Action[];
}

const SITUATIONS: readonly Situation[] = [
  {
    holds: ({ wallView, page }) => wallView !== undefined && page === undefined,
    first: ['open', 'back', 'wall', 'group', 'filter'],
    idle: ['zoomIn', 'zoomOut', 'cursor', 'histogram', 'figures', 'statistic', 'full', 'fold', 'foldAll'],
  },
  {
    holds: ({ page }) => page !== undefined,
    first: ['back', 'write', 'event', 'nextEvent', 'previousEvent', 'down'],
    idle: [
      ...(['left', 'right', 'zoomIn', 'zoomOut', 'cursor', 'histogram', 'figures', 'statistic'] as const),
      ...(['sort', 'reverse', 'group', 'filter', 'full', 'open', 'up'] as const),
    ],
  },
  { holds: ({ controls }) => controls.event !== undefined, first: ['open', 'back', 'event', 'statistic'] },
  { holds: ({ controls }) => controls.event === undefined, idle: ['write'] },
  {
    holds: ({ controls, wallView, tour }) =>
      controls.event === undefined && !wallView && tour?.offered === undefined,
    idle: ['open'],
  },
  { holds: ({ tour }) => tour?.offered !== undefined, first: ['open', 'add'] },
  { holds: ({ unseen }) => unseen > 0, first: ['event', 'acknowledge'] },
  { holds: ({ unseen }) => unseen === 0, idle: ['acknowledge'] },
  { holds: ({ events }) => events.length === 0, idle: ['event'] },
  { holds: ({ controls }) => controls.frozenAt !== undefined, first: ['freeze'] },
  { holds: ({ replay }) => replay?.paused === true, first: ['pause', 'step'] },
  {
    holds: ({ targets }) => targets.all <= 1,
    idle: ['up', 'down', 'filter', 'sort', 'reverse', 'group', 'fold', 'foldAll', 'pageUp', 'pageDown'],
  },
];

/** The ways out, which are always shown. */
const ALWAYS: readonly Action[] = ['quit', 'help'];

/** The keys that matter now, the most useful first. */
export function hintsFor(view: View): readonly Key[] {
  const holding = SITUATIONS.filter(({ holds }) => holds(view));
  const first = [...ALWAYS, ...holding.flatMap(each => each.first ?? [])];
  const idle = new Set<Action>(holding.flatMap(each => each.idle ?? []));
  const keys = hintsOf(view.replay ? 'replay' : 'live').filter(({ action }) => !idle.has(action));
  const rank = ({ action }: Key) => (first.includes(action) ? first.indexOf(action) : first.length);
  return [...keys].sort((a, b) => rank(a) - rank(b));
}
